BEGIN TRANSACTION;
CREATE TABLE account (
    name TEXT PRIMARY KEY,
    platform TEXT NOT NULL,
    whose TEXT NOT NULL,
    baseline_at BIGINT NOT NULL,
    paused TEXT,
    next_at BIGINT NOT NULL,
    lane TEXT,
    lane_until BIGINT NOT NULL,
    identity TEXT,
    identity_at BIGINT
);
INSERT INTO "account" VALUES('masto','mastodon','653558f8eb44b019',1796020805926142,NULL,0,NULL,0,'{"id": "345179810320780413", "name": "@account_4ca533", "url": "http://SANDBOX/@account_4ca533", "limits": {"text": 500, "images": 4, "image_bytes": 16777216, "image_pixels": 33177600, "alt": 1500}}',1796020807799987);
INSERT INTO "account" VALUES('fb','facebook','de650d61f5bd166a',1796020805937915,NULL,0,NULL,0,NULL,NULL);
INSERT INTO "account" VALUES('hook','webhook','e27e7baf62a44994',1796020805948814,NULL,0,NULL,0,NULL,NULL);
CREATE TABLE alert (
    key TEXT NOT NULL,
    state TEXT NOT NULL,
    fence BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    done_at BIGINT,
    PRIMARY KEY (key, state, fence)
);
INSERT INTO "alert" VALUES('8187930721682e8719892a2d710d9802','held',2,0,NULL);
CREATE TABLE alias (
    hash TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    anchor TEXT NOT NULL REFERENCES article (anchor)
);
INSERT INTO "alias" VALUES('90998394aa62e89d60fd8e2c842f55d6','url','90998394aa62e89d60fd8e2c842f55d6');
INSERT INTO "alias" VALUES('c1e414a08a948cf06ebf532ab6202006','guid','90998394aa62e89d60fd8e2c842f55d6');
INSERT INTO "alias" VALUES('32b7c0b835c608a53f2f04bd0ae73407','title_date','90998394aa62e89d60fd8e2c842f55d6');
INSERT INTO "alias" VALUES('f0f3298ee9ed2196c1a8a9d93d256fa7','url','f0f3298ee9ed2196c1a8a9d93d256fa7');
INSERT INTO "alias" VALUES('be72c95106f911a5b17f8fba31723d6d','guid','f0f3298ee9ed2196c1a8a9d93d256fa7');
INSERT INTO "alias" VALUES('8f7b56f137f6316605f6496107af13db','title_date','f0f3298ee9ed2196c1a8a9d93d256fa7');
INSERT INTO "alias" VALUES('74f87ab95d60c3b3a880a60450743420','url','74f87ab95d60c3b3a880a60450743420');
INSERT INTO "alias" VALUES('9d14704870e3dc32234bca50f6088a32','guid','74f87ab95d60c3b3a880a60450743420');
INSERT INTO "alias" VALUES('2cb056ed4e4665dd4a64af6b7d2a877c','title_date','74f87ab95d60c3b3a880a60450743420');
INSERT INTO "alias" VALUES('4605c15a27f7647b8302ff76a149b440','url','4605c15a27f7647b8302ff76a149b440');
INSERT INTO "alias" VALUES('0dea5c3f02c07a83ed7f4b18079a59f7','guid','4605c15a27f7647b8302ff76a149b440');
INSERT INTO "alias" VALUES('15f1269ad0e17154b34ae13f185e2e46','title_date','4605c15a27f7647b8302ff76a149b440');
INSERT INTO "alias" VALUES('1384f3619af2930034f2ba86382451ec','url','1384f3619af2930034f2ba86382451ec');
INSERT INTO "alias" VALUES('109ae321542b413b626352d0ed8d5bb1','guid','1384f3619af2930034f2ba86382451ec');
INSERT INTO "alias" VALUES('569bfad2971006055b98a84b805f633b','title_date','1384f3619af2930034f2ba86382451ec');
INSERT INTO "alias" VALUES('2cfadf3198c9d03b8aa9760db7d2e115','url','2cfadf3198c9d03b8aa9760db7d2e115');
INSERT INTO "alias" VALUES('721f198890ffac975087521eeef6f77b','guid','2cfadf3198c9d03b8aa9760db7d2e115');
INSERT INTO "alias" VALUES('ddf690b82456bc03d304b9734d4f91b8','title_date','2cfadf3198c9d03b8aa9760db7d2e115');
CREATE TABLE article (
    anchor TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    url TEXT NOT NULL,
    data TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    published_at BIGINT,
    first_seen_at BIGINT NOT NULL,
    position BIGINT NOT NULL
);
INSERT INTO "article" VALUES('90998394aa62e89d60fd8e2c842f55d6','news','https://gazette.example/2.html','{"source":"news","url":"https://gazette.example/2.html","title":"Story 2","summary":"What happened at 2.","guid":"guid-2","canonical_url":null,"published":"2026-11-30T04:09:23Z","precision":"second","tz_assumed":false,"updated":null,"authors":[],"section":null,"categories":[],"images":[],"language":null,"kind":"article","raw":{}}','618ee7a3f6d7b8c950f56935515fcf7a',1796011763000000,1796020806516459,0);
INSERT INTO "article" VALUES('f0f3298ee9ed2196c1a8a9d93d256fa7','news','https://gazette.example/1.html','{"source":"news","url":"https://gazette.example/1.html","title":"Story 1","summary":"What happened at 1.","guid":"guid-1","canonical_url":null,"published":"2026-11-30T04:08:43Z","precision":"second","tz_assumed":false,"updated":null,"authors":[],"section":null,"categories":[],"images":[],"language":null,"kind":"article","raw":{}}','3e11361e7aa113975075baed03001ca5',1796011723000000,1796020806516459,1);
INSERT INTO "article" VALUES('74f87ab95d60c3b3a880a60450743420','news','https://gazette.example/4.html','{"source":"news","url":"https://gazette.example/4.html","title":"Story 4","summary":"What happened at 4.","guid":"guid-4","canonical_url":null,"published":"2026-11-30T06:40:43Z","precision":"second","tz_assumed":false,"updated":null,"authors":[],"section":null,"categories":[],"images":[],"language":null,"kind":"article","raw":{}}','b2ccc8e5e6304a8d554345841b34d775',1796020843000000,1796020807558894,0);
INSERT INTO "article" VALUES('4605c15a27f7647b8302ff76a149b440','news','https://gazette.example/3.html','{"source":"news","url":"https://gazette.example/3.html","title":"Story 3","summary":"What happened at 3.","guid":"guid-3","canonical_url":null,"published":"2026-11-30T06:40:03Z","precision":"second","tz_assumed":false,"updated":null,"authors":[],"section":null,"categories":[],"images":[],"language":null,"kind":"article","raw":{}}','9548c15d32bd066fb8b70f09657c2fbd',1796020803000000,1796020807558894,1);
INSERT INTO "article" VALUES('1384f3619af2930034f2ba86382451ec','news','https://gazette.example/5.html','{"source":"news","url":"https://gazette.example/5.html","title":"Story 5","summary":"What happened at 5.","guid":"guid-5","canonical_url":null,"published":"2026-11-30T06:41:23Z","precision":"second","tz_assumed":false,"updated":null,"authors":[],"section":null,"categories":[],"images":[],"language":null,"kind":"article","raw":{}}','e3f7303be74e7426a2d5cbf325fecd32',1796020883000000,1796020809746109,0);
INSERT INTO "article" VALUES('2cfadf3198c9d03b8aa9760db7d2e115','news','https://gazette.example/6.html','{"source":"news","url":"https://gazette.example/6.html","title":"Story 6","summary":"What happened at 6.","guid":"guid-6","canonical_url":null,"published":"2026-11-30T06:42:03Z","precision":"second","tz_assumed":false,"updated":null,"authors":[],"section":null,"categories":[],"images":[],"language":null,"kind":"article","raw":{}}','6664aa0cf92b4272e25b359659815d55',1796020923000000,1796020811666909,0);
CREATE TABLE attempt (
    key TEXT NOT NULL,
    fence BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    outcome TEXT,
    error TEXT,
    PRIMARY KEY (key, fence)
);
INSERT INTO "attempt" VALUES('c1b05cdf7ed25c5c41794fae3319c20e',1,1796020808098063,1796020808114102,'posted',NULL);
INSERT INTO "attempt" VALUES('d7d6f6c527586ca65bc981f5be8c49ea',1,1796020808091026,1796020808157729,'posted',NULL);
INSERT INTO "attempt" VALUES('a9ba5112ef660b75c3ba7c5c4168eeb9',1,1796020808123074,1796020808159956,'posted',NULL);
INSERT INTO "attempt" VALUES('24d44dbb216a1d4576c8463fb4d1b162',1,1796020808170973,1796020808209841,'posted',NULL);
INSERT INTO "attempt" VALUES('2f8c69c0435ce0b71c0c9b883a818aa6',1,1796020808097238,1796020808243939,'posted',NULL);
INSERT INTO "attempt" VALUES('7b9d17e0bdc135b7638215bcd679fa19',1,1796020808258989,1796020808321645,'posted',NULL);
INSERT INTO "attempt" VALUES('40356876e39c51ed07fa86ba8e44cd5d',1,1796020810115218,1796020810154670,'posted',NULL);
INSERT INTO "attempt" VALUES('3eab9baa5a898048126b03c3eb6f4c4d',1,1796020810092322,1796020810203404,'posted',NULL);
INSERT INTO "attempt" VALUES('8187930721682e8719892a2d710d9802',1,1796020810108826,1796020810285044,'unknown','SANDBOX closed the connection without an answer');
INSERT INTO "attempt" VALUES('b513c976c98413b8a1416075ef0b7bdc',1,1796020812009134,1796020812038109,'posted',NULL);
INSERT INTO "attempt" VALUES('091bc79c208d69abee7dd8cf8aaff804',1,1796020812008626,1796020812094655,'unknown','mastodon: status: HTTP 503: There was a temporary problem serving your request, please try again');
INSERT INTO "attempt" VALUES('462fbc0e51671fde5ba7c395a5bcac3c',1,1796020811989581,1796020812125073,'unknown','SANDBOX closed the connection without an answer');
CREATE TABLE credential (
    account TEXT PRIMARY KEY,
    version BIGINT NOT NULL,
    data TEXT NOT NULL,
    refreshing_until BIGINT NOT NULL
);
CREATE TABLE delivery (
    key TEXT PRIMARY KEY,
    anchor TEXT NOT NULL REFERENCES article (anchor),
    account TEXT NOT NULL,
    platform TEXT NOT NULL,
    action TEXT NOT NULL,
    revision BIGINT NOT NULL,
    part BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT,
    due_at BIGINT,
    planned_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    fence BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    claimed_by TEXT,
    post TEXT,
    digest TEXT,
    prepared TEXT,
    draft TEXT,
    committed_at BIGINT,
    unknowns BIGINT NOT NULL,
    absent BIGINT NOT NULL,
    remote_id TEXT,
    permalink TEXT,
    receipt TEXT,
    error TEXT,
    updated_at BIGINT NOT NULL,
    UNIQUE (anchor, account, action, revision, part)
);
INSERT INTO "delivery" VALUES('c1b05cdf7ed25c5c41794fae3319c20e','4605c15a27f7647b8302ff76a149b440','masto','mastodon','post',0,0,'posted',NULL,NULL,1796020807558894,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14691, "started": "123063"}','{"text":"Story 3\n\nWhat happened at 3.\n\nhttps://gazette.example/3.html","link":"https://gazette.example/3.html","spans":[{"start":30,"end":60,"kind":"link","value":"https://gazette.example/3.html"}],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:07.714038Z","planned_at":"2026-11-30T06:40:07.558894Z","reply_to":null,"length":53,"limit":500}','9f7efa00366b7063321aff18220bd4f52ded743b5d85389b6f791795878a9892',NULL,NULL,1796020808103913,0,0,'117704019680362496','http://SANDBOX/@account_4ca533/117704019680362496','{"id":"117704019680362496","permalink":"http://SANDBOX/@account_4ca533/117704019680362496","data":{}}',NULL,1796020808114102);
INSERT INTO "delivery" VALUES('d7d6f6c527586ca65bc981f5be8c49ea','4605c15a27f7647b8302ff76a149b440','fb','facebook','post',0,0,'posted',NULL,NULL,1796020807558895,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14691, "started": "123063"}','{"text":"Story 3\n\nWhat happened at 3.","link":"https://gazette.example/3.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:07.724677Z","planned_at":"2026-11-30T06:40:07.558895Z","reply_to":null,"length":28,"limit":63206}','221d7fc04e0ce33af9761d8a045b33ac5baaa01d0eacf6469b9ba17471032c8e',NULL,NULL,1796020808123299,0,0,'4711_1796020808141001','http://SANDBOX/4711/posts/1796020808141001','{"id":"4711_1796020808141001","permalink":"http://SANDBOX/4711/posts/1796020808141001","data":{}}',NULL,1796020808157729);
INSERT INTO "delivery" VALUES('2f8c69c0435ce0b71c0c9b883a818aa6','4605c15a27f7647b8302ff76a149b440','hook','webhook','post',0,0,'posted',NULL,NULL,1796020807558896,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14691, "started": "123063"}','{"text":"Story 3\n\nWhat happened at 3.","link":"https://gazette.example/3.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:07.735703Z","planned_at":"2026-11-30T06:40:07.558896Z","reply_to":null,"length":28,"limit":10000}','221d7fc04e0ce33af9761d8a045b33ac5baaa01d0eacf6469b9ba17471032c8e',NULL,NULL,1796020808216906,0,0,'2f8c69c0435ce0b71c0c9b883a818aa6',NULL,'{"id":"2f8c69c0435ce0b71c0c9b883a818aa6","permalink":null,"data":{}}',NULL,1796020808243939);
INSERT INTO "delivery" VALUES('a9ba5112ef660b75c3ba7c5c4168eeb9','74f87ab95d60c3b3a880a60450743420','masto','mastodon','post',0,0,'posted',NULL,NULL,1796020807558897,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14691, "started": "123063"}','{"text":"Story 4\n\nWhat happened at 4.\n\nhttps://gazette.example/4.html","link":"https://gazette.example/4.html","spans":[{"start":30,"end":60,"kind":"link","value":"https://gazette.example/4.html"}],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:08.118305Z","planned_at":"2026-11-30T06:40:07.558897Z","reply_to":null,"length":53,"limit":500}','68596522750b70e0a34ab2e30bfba0efb5f7a130f31daa96fe9b5b06b91c397f',NULL,NULL,1796020808139797,0,0,'117704019682459648','http://SANDBOX/@account_4ca533/117704019682459648','{"id":"117704019682459648","permalink":"http://SANDBOX/@account_4ca533/117704019682459648","data":{}}',NULL,1796020808159956);
INSERT INTO "delivery" VALUES('24d44dbb216a1d4576c8463fb4d1b162','74f87ab95d60c3b3a880a60450743420','fb','facebook','post',0,0,'posted',NULL,NULL,1796020807558898,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14691, "started": "123063"}','{"text":"Story 4\n\nWhat happened at 4.","link":"https://gazette.example/4.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:08.169666Z","planned_at":"2026-11-30T06:40:07.558898Z","reply_to":null,"length":28,"limit":63206}','bc30bc1945052241f9ffcff2f5f9ac384bea74a4e81e6b554c56cc66c8d90bc5',NULL,NULL,1796020808188801,0,0,'4711_1796020808204002','http://SANDBOX/4711/posts/1796020808204002','{"id":"4711_1796020808204002","permalink":"http://SANDBOX/4711/posts/1796020808204002","data":{}}',NULL,1796020808209841);
INSERT INTO "delivery" VALUES('7b9d17e0bdc135b7638215bcd679fa19','74f87ab95d60c3b3a880a60450743420','hook','webhook','post',0,0,'posted',NULL,NULL,1796020807558899,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14691, "started": "123063"}','{"text":"Story 4\n\nWhat happened at 4.","link":"https://gazette.example/4.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:08.257829Z","planned_at":"2026-11-30T06:40:07.558899Z","reply_to":null,"length":28,"limit":10000}','bc30bc1945052241f9ffcff2f5f9ac384bea74a4e81e6b554c56cc66c8d90bc5',NULL,NULL,1796020808288966,0,0,'7b9d17e0bdc135b7638215bcd679fa19',NULL,'{"id":"7b9d17e0bdc135b7638215bcd679fa19","permalink":null,"data":{}}',NULL,1796020808321645);
INSERT INTO "delivery" VALUES('3eab9baa5a898048126b03c3eb6f4c4d','1384f3619af2930034f2ba86382451ec','masto','mastodon','post',0,0,'posted',NULL,NULL,1796020809746109,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14708, "started": "123245"}','{"text":"Story 5\n\nWhat happened at 5.\n\nhttps://gazette.example/5.html","link":"https://gazette.example/5.html","spans":[{"start":30,"end":60,"kind":"link","value":"https://gazette.example/5.html"}],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:09.869218Z","planned_at":"2026-11-30T06:40:09.746109Z","reply_to":null,"length":53,"limit":500}','67eb561fc53fc920d78c50eb7d494ec50d90045bc191aef979101812b0f143fd',NULL,NULL,1796020810163465,0,0,'117704019817332736','http://SANDBOX/@account_4ca533/117704019817332736','{"id":"117704019817332736","permalink":"http://SANDBOX/@account_4ca533/117704019817332736","data":{}}',NULL,1796020810203404);
INSERT INTO "delivery" VALUES('40356876e39c51ed07fa86ba8e44cd5d','1384f3619af2930034f2ba86382451ec','fb','facebook','post',0,0,'posted',NULL,NULL,1796020809746110,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14708, "started": "123245"}','{"text":"Story 5\n\nWhat happened at 5.","link":"https://gazette.example/5.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:09.872553Z","planned_at":"2026-11-30T06:40:09.746110Z","reply_to":null,"length":28,"limit":63206}','7bd8a45a63f435db0957a98d2f41fb37c821dbeae2c2afab15e5cc089cc5a4a4',NULL,NULL,1796020810132691,0,0,'4711_1796020810153003','http://SANDBOX/4711/posts/1796020810153003','{"id":"4711_1796020810153003","permalink":"http://SANDBOX/4711/posts/1796020810153003","data":{}}',NULL,1796020810154670);
INSERT INTO "delivery" VALUES('8187930721682e8719892a2d710d9802','1384f3619af2930034f2ba86382451ec','hook','webhook','post',0,0,'held','no_answer',NULL,1796020809746111,1,2,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14708, "started": "123245"}','{"text":"Story 5\n\nWhat happened at 5.","link":"https://gazette.example/5.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:09.865727Z","planned_at":"2026-11-30T06:40:09.746111Z","reply_to":null,"length":28,"limit":10000}','7bd8a45a63f435db0957a98d2f41fb37c821dbeae2c2afab15e5cc089cc5a4a4',NULL,'{"body":"{\"id\":\"8187930721682e8719892a2d710d9802\",\"type\":\"post\",\"text\":\"Story 5\\n\\nWhat happened at 5.\",\"link\":\"https://gazette.example/5.html\",\"article\":{\"source\":\"news\",\"url\":\"https://gazette.example/5.html\",\"canonical_url\":null,\"guid\":\"guid-5\",\"title\":\"Story 5\",\"summary\":\"What happened at 5.\",\"published\":\"2026-11-30T06:41:23Z\",\"updated\":null,\"authors\":[],\"section\":null,\"categories\":[],\"language\":null,\"kind\":\"article\",\"image\":null},\"media\":[]}","at":1796020809}',1796020810252844,1,0,NULL,NULL,NULL,'SANDBOX closed the connection without an answer',1796020810321182);
INSERT INTO "delivery" VALUES('091bc79c208d69abee7dd8cf8aaff804','2cfadf3198c9d03b8aa9760db7d2e115','masto','mastodon','post',0,0,'unknown','no_answer',1796020827094616,1796020811666909,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14723, "started": "123442"}','{"text":"Story 6\n\nWhat happened at 6.\n\nhttps://gazette.example/6.html","link":"https://gazette.example/6.html","spans":[{"start":30,"end":60,"kind":"link","value":"https://gazette.example/6.html"}],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:11.769275Z","planned_at":"2026-11-30T06:40:11.666909Z","reply_to":null,"length":53,"limit":500}','f757a148020e8f8b55c945b02cf17e4c459f8fb03f67fea7f8b76d9c38d899eb',NULL,'{"status":"Story 6\n\nWhat happened at 6.\n\nhttps://gazette.example/6.html","media_ids":[],"visibility":"public","language":"en","link":"https://gazette.example/6.html"}',1796020812073133,1,0,NULL,NULL,NULL,'mastodon: status: HTTP 503: There was a temporary problem serving your request, please try again',1796020812094655);
INSERT INTO "delivery" VALUES('462fbc0e51671fde5ba7c395a5bcac3c','2cfadf3198c9d03b8aa9760db7d2e115','fb','facebook','post',0,0,'unknown','no_answer',1796020872125045,1796020811666910,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14723, "started": "123442"}','{"text":"Story 6\n\nWhat happened at 6.","link":"https://gazette.example/6.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:11.798594Z","planned_at":"2026-11-30T06:40:11.666910Z","reply_to":null,"length":28,"limit":63206}','14765cf588b048ce7b651531cd2081da53cbeccff3a6c73ed189cad5605d8677',NULL,'{"message":"Story 6\n\nWhat happened at 6.","link":"https://gazette.example/6.html","photos":[],"address":"https://gazette.example/6.html"}',1796020812102363,1,0,NULL,NULL,NULL,'SANDBOX closed the connection without an answer',1796020812125073);
INSERT INTO "delivery" VALUES('b513c976c98413b8a1416075ef0b7bdc','2cfadf3198c9d03b8aa9760db7d2e115','hook','webhook','post',0,0,'posted',NULL,NULL,1796020811666911,1,1,0,'{"host": "press", "boot": "5e0c7c52-0000-4000-8000-000000000000", "pid": 14723, "started": "123442"}','{"text":"Story 6\n\nWhat happened at 6.","link":"https://gazette.example/6.html","spans":[],"media":[],"card":null,"language":"en","at":"2026-11-30T06:40:11.788830Z","planned_at":"2026-11-30T06:40:11.666911Z","reply_to":null,"length":28,"limit":10000}','14765cf588b048ce7b651531cd2081da53cbeccff3a6c73ed189cad5605d8677',NULL,NULL,1796020812022927,0,0,'b513c976c98413b8a1416075ef0b7bdc',NULL,'{"id":"b513c976c98413b8a1416075ef0b7bdc","permalink":null,"data":{}}',NULL,1796020812038109);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
INSERT INTO "meta" VALUES('schema_version','1');
CREATE TABLE source (
    name TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    body_hash TEXT,
    baseline_at BIGINT,
    next_poll_at BIGINT NOT NULL,
    retry_at BIGINT NOT NULL,
    fails BIGINT NOT NULL,
    entries BIGINT NOT NULL,
    error TEXT
);
INSERT INTO "source" VALUES('news','0843600586e5bf86f7399d1468891497de28996bc22791392846df621e0026d0',NULL,'Mon, 30 Nov 2026 06:40:10 GMT','d4b33354f6ff11462b18a3176959475b2b3922d382684bd5b8a3e8e4b2ecc644',1796020806516459,1796021111666909,0,0,6,NULL);
CREATE INDEX article_by_source ON article (source, published_at);
CREATE INDEX alias_by_article ON alias (anchor);
CREATE INDEX delivery_by_state ON delivery (state, account, planned_at);
COMMIT;
