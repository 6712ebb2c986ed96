"""The only door of XML: entities, DTDs and external references are refused (defusedxml)."""

from xml.sax.handler import ContentHandler

from psi_ecs import AssetError


def read_xml(data: bytes, handler: ContentHandler, what: str) -> None:
    """Let a handler read an XML document. AssetError that begins with `what`, with line and column, if it is malformed or
    unsafe."""
    from xml.sax import SAXParseException

    from defusedxml import DefusedXmlException
    from defusedxml.sax import parseString

    try:
        parseString(data, handler, forbid_dtd=True)
    except SAXParseException as error:
        place = f"line {error.getLineNumber()}, column {(error.getColumnNumber() or 0) + 1}"
        raise AssetError(f"{what} {place}: {error.getMessage()}; close every tag and write & as &amp; and < as &lt;") from None
    except DefusedXmlException:
        raise AssetError(f"{what} declares a DTD or entities, which are refused; remove the <!DOCTYPE ...> part") from None
