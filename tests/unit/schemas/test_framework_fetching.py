from __future__ import annotations

import pytest

from lti_tool.errors import InvalidInput, PlatformRefusal, PlatformUnavailable
from lti_tool.schemas.frameworks import Choices, read_framework
from lti_tool.schemas.frameworks.fetching import fetched
from tests.factories.frameworks import DOCUMENT, URI, as_bytes, case_package

PACKAGE = case_package()
PAGES = {
    "https://case.example/doc": as_bytes(PACKAGE["CFDocument"]),
    URI + "p" + DOCUMENT: as_bytes(PACKAGE),
    "https://case.example/list": as_bytes({"CFDocuments": [PACKAGE["CFDocument"]]}),
    "https://case.example/table": b"title\nx\n",
}


def test_the_address_of_a_document_leads_on_to_its_package() -> None:
    assert fetched(PAGES.__getitem__, "https://case.example/doc") == as_bytes(PACKAGE)
    assert fetched(PAGES.__getitem__, URI + "p" + DOCUMENT) == as_bytes(PACKAGE)
    assert fetched(PAGES.__getitem__, "https://case.example/table") == b"title\nx\n"


def test_the_address_of_a_list_tells_what_there_is() -> None:
    content = fetched(PAGES.__getitem__, "https://case.example/list")
    with pytest.raises(InvalidInput) as caught:
        read_framework(content, Choices())
    assert f"Reading room: {URI}p{DOCUMENT}" in caught.value.fields["file"][0]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PlatformRefusal("forbidden_address"), "Only public addresses"),
        (PlatformRefusal("refused", 404), "status 404"),
        (PlatformUnavailable("timeout"), "in time"),
        (PlatformUnavailable("server_error", 503), "status 503"),
    ],
)
def test_what_went_wrong_is_said_in_words(error: Exception, said: str) -> None:
    def fail(_url: str) -> bytes:
        raise error

    with pytest.raises(InvalidInput) as caught:
        fetched(fail, "https://case.example")
    assert said in caught.value.fields["url"][0]
