import pytest

from syndicate.rendering.labels import hashtags, says_something, section_label


@pytest.mark.parametrize(
    "name",
    [
        "Uncategorized",
        "uncategorised",
        "UNCATEGORIZED",
        "Non classé",
        "non-classe",
        "Sin categoría",
        "sin-categoria",
        "Sem categoria",
        "Senza categoria",
        "Allgemein",
        "Geen categorie",
        "Ikke-kategoriseret",
        "Ukategorisert",
        "Okategoriserade",
        "Yleinen",
        "Bez kategorii",
        "Без рубрики",
        "bez-rubriki",
        "Без категорії",
        "Χωρίς κατηγορία",
        "Genel",
        "غير مصنف",
        "دسته‌بندی نشده",
        "ללא קטגוריה",
        "ไม่มีหมวดหมู่",
        "Tak Berkategori",
        "Chưa được phân loại",
        "未分類",
        "%e6%9c%aa%e5%88%86%e9%a1%9e",
        "未分类",
        "미분류",
        "Uncategorized @fr",
        "uncategorized-fr",
    ],
)
def test_the_default_category_of_a_cms_says_nothing(name):
    assert not says_something(name)
    assert hashtags(name, (name,)) == ()
    assert section_label(name) == ""


@pytest.mark.parametrize(
    "name",
    [
        "http://x.example/ns#topic",
        "https://gazette.example/tag/ferry",
        "www.gazette.example",
        "gazette.example/tag/ferry",
        "urn:newsml:topic",
        "tag:gazette.example,2026:ferry",
        "mailto:desk@gazette.example",
        "desk@gazette.example",
    ],
)
def test_an_address_is_no_hashtag(name):
    assert hashtags(None, (name, "Harbour")) == ("Harbour",)
    assert section_label(name) == ""


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("General", "General"),
        ("Category: Ferries", "CategoryFerries"),
        ("Booking.com", "BookingCom"),
        ("Node.js", "NodeJs"),
        ("AC/DC", "ACDC"),
        ("Uncategorized crimes", "UncategorizedCrimes"),
        ("Allgemeinmedizin", "Allgemeinmedizin"),
        ("@handle", "Handle"),
    ],
)
def test_what_only_looks_like_it_is_a_hashtag(name, tag):
    assert hashtags(None, (name,)) == (tag,)


def test_a_path_loses_only_the_part_that_says_nothing():
    assert section_label("Uncategorized > Ferries") == "Ferries"
    assert hashtags("Uncategorized > Ferries", ()) == ("Ferries",)
    assert section_label("News > Russia") == "News > Russia"
    assert section_label(None) == ""
