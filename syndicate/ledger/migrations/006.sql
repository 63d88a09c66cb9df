-- When somebody who was told of news wants a source to be asked; null once a poll after that has begun.
ALTER TABLE source ADD COLUMN hinted_at BIGINT;

-- Feeds whose hub tells us of news (WebSub). `callback` is the last part of an address. `sealed` holds
-- hub, topic and secret, encrypted. `state` is where things stand: none (the feed names no hub), pending,
-- active, denied, ended. `asked` is what the hub may now ask back for: subscribe, unsubscribe, or null.
-- At `act_at` the hub is asked again.
CREATE TABLE subscription (
    callback TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    sealed TEXT NOT NULL,
    state TEXT NOT NULL,
    asked TEXT,
    act_at BIGINT,
    lease_until BIGINT,
    fails BIGINT NOT NULL,
    error TEXT
);
CREATE INDEX subscription_by_source ON subscription (source);
CREATE INDEX subscription_by_act ON subscription (act_at);
