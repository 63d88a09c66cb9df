"""What a card may not load, and words that only look like it."""

import pytest

from syndicate.rendering.cards.outside import outside

HARMLESS = [
    ("<p>How url(photo.png) works</p>", ""),
    ("<p>Why @import in CSS is slow</p>", ""),
    ("<p title='url(photo.png)' alt='@import x'>&#34;url(&#34; src(x) image-set('x')</p>", ""),
    ("<p>&lt;script&gt; and &lt;link&gt;</p>", ""),
    ("<p alt='<script>'></p>", ""),
    ('<img src="asset:logo">', ".logo { background: url(asset:logo) }"),
    ("<p style='background: url( \"asset:logo\" )'></p>", "p { background: image-set('asset:logo' 1x) }"),
    ("", "p::before { content: 'How url(photo.png) works, and @import' } /* url(x) */"),
    ("", "@media (width > 1px) { p { background-image: linear-gradient(red, blue) } }"),
]

LOADS = [
    ("<p style='background: url(http://a.example/)'></p>", "", "url(http://a.example/)"),
    ("<p style='background: &#117;rl(a.png)'></p>", "", "url(a.png)"),
    (r"<p style='background: \75 rl(a.png)'></p>", "", "url(a.png)"),
    ("<p style=color:red;background:url(a.png)></p>", "", "url(a.png)"),
    ("<p style='--a: url(a'></p>", "", "url(a)"),
    ("<svg><rect fill='url(a.svg#b)'/></svg>", "", "url(a.svg#b)"),
    ("<svg><rect svg:mask='url(a.svg#b)'/></svg>", "", "url(a.svg#b)"),
    ("<style>p { background: url(a.png) }", "", "url(a.png)"),
    ("<LINK rel=stylesheet href=a.css>", "", "<link>"),
    ("<svg:script>a</svg:script>", "", "<svg:script>"),
    ("<base href='http://a.example/'>", "", "<base>"),
    ("", "@import 'a.css';", "@import"),
    ("", r"@\69mport 'a.css';", "@import"),
    ("", "p { background: URL( 'http://a.example/' ) }", "'http://a.example/'"),
    ("", "p { background: url(a'b) }", "url("),
    ("", "p { background: src(var(--a)) }", "src("),
    ("", "p { background: image-set('a.png' 1x) }", "'a.png'"),
    ("", "@media (width > 1px) { p { background: cross-fade(url(asset:logo), url(a.png)) } }", "url(a.png)"),
    ("", "@font-face { font-family: a; src: url(a.ttf) }", "url(a.ttf)"),
    ("", "p { content: 'a' } x { y: [url(a.png)] }", "url(a.png)"),
]


@pytest.mark.parametrize(("html", "css"), HARMLESS)
def test_words_and_the_themes_own_logo_load_nothing(html, css):
    assert outside(html, css) is None


@pytest.mark.parametrize(("html", "css", "named"), LOADS)
def test_what_would_be_loaded_is_named(html, css, named):
    assert outside(html, css) == named
