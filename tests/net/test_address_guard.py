"""Which addresses are private, in all their disguises."""

import socket
from ipaddress import IPv4Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.errors import ConfigError, Unavailable
from syndicate.net.address_guard import HINT, Guard, carried, dial, is_public, origin_of, refusal, resolve

PRIVATE = [
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a00:1",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:c0a8:101::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1111%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2001:4860:4860::8888",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_seen_through(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_let_through(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_a_disguise_changes_no_verdict(address):
    number = int(address)
    disguises = [0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    for disguise in map(ip_address, disguises):
        assert carried(disguise) == address
        assert is_public(str(disguise)) == is_public(str(address))


@given(st.ip_addresses())
def test_python_never_knows_a_public_one_to_be_private(address):
    if is_public(str(address)) and carried(address) is None:
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1./",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::127.0.0.1]:8080/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1%25eth0]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7F.1/",
        "http://0177.0.0.1/",
        "http://017700000001/",
        "http://127.1/",
        "http://127.0.1/",
        "http://0/",
        "http://0x/",
        "http://8.8.8.8.8/",
        "http://134744072/",
        "http://010.8.8.8/",
        "http://gazette.example.0x7f/",
        "http://localhost/",
        "http://LOCALHOST:80/",
        "http://api.localhost./",
        "http://user@gazette.example/",
        "http://user:pw@gazette.example/",
        "http://@gazette.example/",
        "http://8.8.8.8@127.0.0.1/",
    ],
)
def test_a_hostile_address_is_refused_before_anyone_is_asked(url):
    with pytest.raises(Unavailable) as fault:
        Guard().inspect(url)
    assert "pw" not in str(fault.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://gazette.example/a",
        "http://8.8.8.8/",
        "http://[2606:4700::1111]/",
        "http://7.example/",
        "http://a.0x7f.example/",
    ],
)
def test_an_honest_address_is_left_to_the_resolver(url):
    Guard().inspect(url)


def test_one_private_answer_among_public_ones_is_enough():
    with pytest.raises(Unavailable, match=r"^gazette\.example leads to a private address \(10\.0\.0\.1\)$") as fault:
        Guard().judge("http", "gazette.example", 80, ["8.8.8.8", "10.0.0.1"])
    assert fault.value.hint == HINT
    Guard().judge("http", "gazette.example", 80, ["8.8.8.8", "2606:4700::1111"])


@pytest.mark.parametrize(
    ("allow", "host", "address"),
    [
        ("10.0.0.0/8", "cms.example", "10.1.2.3"),
        ("10.1.2.3/8", "cms.example", "10.9.9.9"),
        ("10.1.2.3", "cms.example", "10.1.2.3"),
        ("10.0.0.0/8", "cms.example", "::ffff:10.1.2.3"),
        ("10.0.0.0/8", "cms.example", "64:ff9b::a01:203"),
        ("fd00::/8", "cms.example", "fd00::1"),
        ("[fd00::1]", "cms.example", "fd00::1"),
        ("CMS.example", "cms.example.", "192.168.0.1"),
        ("bücher.example", "xn--bcher-kva.example", "192.168.0.1"),
    ],
)
def test_what_is_listed_is_allowed(allow, host, address):
    Guard([allow]).judge("http", host, 80, [address])


@pytest.mark.parametrize(
    ("allow", "host", "address"),
    [
        ("10.0.0.0/8", "cms.example", "192.168.0.1"),
        ("10.1.2.3", "cms.example", "10.1.2.4"),
        ("cms.example", "other.example", "10.0.0.1"),
        ("cms.example", "a.cms.example", "10.0.0.1"),
        ("fd00::/8", "cms.example", "fe80::1%eth0"),
    ],
)
def test_what_is_not_listed_is_not_allowed(allow, host, address):
    with pytest.raises(Unavailable):
        Guard([allow]).judge("http", host, 80, [address])


@pytest.mark.parametrize("entry", ["10.0.0.0/33", "10.0.0/8", "::1::", "", " ", "http://cms.example/"])
def test_an_entry_that_means_nothing_is_a_config_error(entry):
    with pytest.raises(ConfigError, match=r"^network\.allow: .* is neither a network, an address nor a host name$"):
        Guard([entry])


def test_an_origin_is_scheme_host_and_port():
    guard = Guard(origins=["http://cms.example/feed", "https://cms.example:8443/"])
    for scheme, port in (("http", 80), ("https", 8443)):
        guard.judge(scheme, "CMS.example", port, ["10.0.0.1"])
    for scheme, port in (("https", 443), ("http", 8080), ("http", 8443)):
        with pytest.raises(Unavailable):
            guard.judge(scheme, "cms.example", port, ["10.0.0.1"])
    guard.inspect("http://me:pw@cms.example/photo.jpg")


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTP://Gazette.Example./a", ("http", "gazette.example", 80)),
        ("https://u:p@gazette.example/", ("https", "gazette.example", 443)),
        ("http://[::1]:81/", ("http", "::1", 81)),
        ("https://bücher.example", ("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_an_origin_is_compared_in_one_form(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize("url", ["", "gazette.example", "http://", "http:///a", "http://a:x/", "http://[::1/"])
def test_an_address_without_a_host_has_no_origin(url):
    with pytest.raises(ValueError):
        origin_of(url)


def test_an_address_is_resolved_to_itself():
    assert [entry[4][0] for entry in resolve("127.0.0.1", 80)] == ["127.0.0.1"]
    assert [entry[4][0] for entry in resolve("[::1]", 80)] == ["::1"]


def test_a_name_that_cannot_be_one_is_a_resolver_error():
    with pytest.raises(socket.gaierror) as fault:
        resolve("x" * 64, 80)
    assert refusal(fault.value) == "its name cannot be resolved"


def entry(port, host="127.0.0.1"):
    return (socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))


def test_the_next_address_is_tried_where_one_refuses():
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        good, bad = server.getsockname()[1], deaf.getsockname()[1]
        with dial([entry(bad), entry(bad), entry(good)], 5, ()) as line:
            assert line.getpeername() == ("127.0.0.1", good)
        with pytest.raises(ConnectionRefusedError):
            dial([entry(bad)] * 3 + [entry(good)], 5, ())


def test_an_address_that_is_silent_leaves_time_for_the_next():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, socket.create_server(("127.0.0.1", 0)) as server:
        clients = [socket.socket() for _ in range(4)]
        for client in clients:
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        with dial([entry(full.getsockname()[1]), entry(server.getsockname()[1])], 2.0, ()) as line:
            assert line.getpeername() == server.getsockname()
            assert line.gettimeout() > 0.1, "of two seconds the silent one had one"
        for client in clients:
            client.close()


def test_a_name_without_an_address_cannot_be_dialled():
    with pytest.raises(OSError, match="its name has no address") as fault:
        dial([], 5, ())
    assert refusal(fault.value) == "its name has no address"


def test_carried_leaves_others_alone():
    assert carried(IPv4Address("8.8.8.8")) is None
    assert carried(ip_address("2606:4700::1111")) is None
