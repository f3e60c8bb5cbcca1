"""Everything that is known of one person, on the wire."""

from pydantic import BaseModel, Field

from services.crm.schemas.people import ContactOut, ContactVersionOut, UserOut
from services.crm.schemas.rows import Page
from services.crm.schemas.ties import InteractionOut, LinkOut


class ExportOut(BaseModel):
    """One person's data; each long part is a page of its own, and says how to go on."""

    contact: ContactOut
    merged: list[ContactOut] = Field(description="contacts that were merged into this one, as they stood before")
    merged_versions: Page[ContactVersionOut] = Field(
        description="how those came to stand so, newest first; go on with `merged_versions_cursor`"
    )
    users: list[UserOut] = Field(description="users whose own card this is")
    versions: Page[ContactVersionOut] = Field(description="newest first; go on with `versions_cursor`")
    links: Page[LinkOut] = Field(description="given and derived; go on with `links_cursor`")
    interactions: Page[InteractionOut] = Field(description="from either side; go on with `interactions_cursor`")
