"""What bot protection shows instead of a page."""

CLOUDFLARE = b"""<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title>
<meta http-equiv="refresh" content="360"></head><body><noscript>Enable JavaScript and cookies to continue</noscript>
<script>(function(){window._cf_chl_opt={cvId:'3',cZone:"gazette.example"};}());</script></body></html>"""
DATADOME = b"""<html lang="en"><head><title>gazette.example</title></head><body>
<script>var dd={'rt':'c','cid':'x','host':'geo.captcha-delivery.com'}</script></body></html>"""
IMPERVA = b"""<html><head><META NAME="robots" CONTENT="noindex,nofollow"></head><body>
<iframe src="/_Incapsula_Resource?x">\
Request unsuccessful. Incapsula incident ID: 1-2</iframe></body></html>"""
