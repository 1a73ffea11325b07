"""Statements of reasons in the terms of the DSA Transparency Database: names, lengths and code lists of its schema.

Source: the European Commission's own repository, commit 69e80a0 (schema of 1 July 2025), as recorded in law.md §6.2.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST = 100  # statements in one batch
EARLIEST = date(2000, 1, 1)
Short = Annotated[str, Field(min_length=1, max_length=500)]
Medium = Annotated[str, Field(min_length=1, max_length=2000)]
Long = Annotated[str, Field(min_length=1, max_length=5000)]
YesNo = Literal["Yes", "No"]

Visibility = Literal[
    "DECISION_VISIBILITY_CONTENT_REMOVED", "DECISION_VISIBILITY_CONTENT_DISABLED",
    "DECISION_VISIBILITY_CONTENT_DEMOTED", "DECISION_VISIBILITY_CONTENT_AGE_RESTRICTED",
    "DECISION_VISIBILITY_CONTENT_INTERACTION_RESTRICTED", "DECISION_VISIBILITY_CONTENT_LABELLED",
    "DECISION_VISIBILITY_OTHER",
]  # fmt: skip
Monetary = Literal["DECISION_MONETARY_SUSPENSION", "DECISION_MONETARY_TERMINATION", "DECISION_MONETARY_OTHER"]
Provision = Literal[
    "DECISION_PROVISION_PARTIAL_SUSPENSION", "DECISION_PROVISION_TOTAL_SUSPENSION",
    "DECISION_PROVISION_PARTIAL_TERMINATION", "DECISION_PROVISION_TOTAL_TERMINATION",
]  # fmt: skip
Account = Literal["DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"]
AccountType = Literal["ACCOUNT_TYPE_BUSINESS", "ACCOUNT_TYPE_PRIVATE"]
Ground = Literal["DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"]
ContentType = Literal[
    "CONTENT_TYPE_APP", "CONTENT_TYPE_AUDIO", "CONTENT_TYPE_IMAGE", "CONTENT_TYPE_PRODUCT",
    "CONTENT_TYPE_SYNTHETIC_MEDIA", "CONTENT_TYPE_TEXT", "CONTENT_TYPE_VIDEO", "CONTENT_TYPE_OTHER",
]  # fmt: skip
Category = Literal[
    "STATEMENT_CATEGORY_ANIMAL_WELFARE", "STATEMENT_CATEGORY_CONSUMER_INFORMATION",
    "STATEMENT_CATEGORY_CYBER_VIOLENCE", "STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN",
    "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH",
    "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS",
    "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS", "STATEMENT_CATEGORY_NOT_SPECIFIED_NOTICE",
    "STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "STATEMENT_CATEGORY_PROTECTION_OF_MINORS",
    "STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY", "STATEMENT_CATEGORY_SCAMS_AND_FRAUD",
    "STATEMENT_CATEGORY_SELF_HARM", "STATEMENT_CATEGORY_UNSAFE_AND_PROHIBITED_PRODUCTS", "STATEMENT_CATEGORY_VIOLENCE",
]  # fmt: skip
# Of the about 75 keywords those law.md records as used here.
Keyword = Literal[
    "KEYWORD_COPYRIGHT_INFRINGEMENT", "KEYWORD_DESIGN_INFRINGEMENT", "KEYWORD_TRADEMARK_INFRINGEMENT",
    "KEYWORD_DEFAMATION", "KEYWORD_IMPERSONATION_ACCOUNT_HIJACKING", "KEYWORD_INAUTHENTIC_ACCOUNTS",
    "KEYWORD_MISINFORMATION_DISINFORMATION", "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING",
    "KEYWORD_NON_CONSENSUAL_IMAGE_SHARING_AGAINST_WOMEN", "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE",
    "KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN", "KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE",
    "KEYWORD_BIOMETRIC_DATA_BREACH", "KEYWORD_DATA_FALSIFICATION", "KEYWORD_MISSING_PROCESSING_GROUND",
    "KEYWORD_PHISHING", "KEYWORD_HIDDEN_ADVERTISEMENT", "KEYWORD_MISLEADING_INFO_GOODS_SERVICES", "KEYWORD_OTHER",
]  # fmt: skip
Territory = Literal[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
]  # fmt: skip
Source = Literal[
    "SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"
]  # fmt: skip
Automated = Literal["AUTOMATED_DECISION_FULLY", "AUTOMATED_DECISION_PARTIALLY", "AUTOMATED_DECISION_NOT_AUTOMATED"]


class DsaStatement(BaseModel):
    """One statement exactly as the database takes it; what is None is left out of the JSON."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    decision_visibility: tuple[Visibility, ...] | None = None
    decision_visibility_other: Short | None = None
    decision_monetary: Monetary | None = None
    decision_monetary_other: Short | None = None
    decision_provision: Provision | None = None
    decision_account: Account | None = None
    account_type: AccountType | None = None
    decision_ground: Ground
    decision_ground_reference_url: Short | None = None
    illegal_content_legal_ground: Short | None = None
    illegal_content_explanation: Medium | None = None
    incompatible_content_ground: Short | None = None
    incompatible_content_explanation: Medium | None = None
    incompatible_content_illegal: YesNo | None = None
    content_type: tuple[ContentType, ...] = Field(min_length=1)
    content_type_other: Short | None = None
    category: Category
    category_addition: tuple[Category, ...] | None = None
    category_specification: tuple[Keyword, ...] | None = None
    category_specification_other: Short | None = None
    territorial_scope: tuple[Territory, ...] | None = None
    content_language: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    content_date: date = Field(ge=EARLIEST)
    application_date: date = Field(ge=EARLIEST)
    end_date_visibility_restriction: date | None = None
    end_date_monetary_restriction: date | None = None
    end_date_service_restriction: date | None = None
    end_date_account_restriction: date | None = None
    decision_facts: Long
    source_type: Source
    source_identity: Short | None = None
    automated_detection: YesNo
    automated_decision: Automated
    puid: Annotated[str, Field(max_length=500, pattern=r"^[a-zA-Z0-9\-_]+$")]

    @model_validator(mode="after")
    def _whole(self) -> DsaStatement:
        if not (self.decision_visibility or self.decision_monetary or self.decision_provision or self.decision_account):
            raise ValueError("at least one of the four decision_* fields must be there")
        illegal = self.decision_ground == "DECISION_GROUND_ILLEGAL_CONTENT"
        wanted = (
            (self.illegal_content_legal_ground, self.illegal_content_explanation)
            if illegal
            else (self.incompatible_content_ground, self.incompatible_content_explanation)
        )
        if not all(wanted):
            raise ValueError("the ground needs its reference and its explanation")
        others = (
            ("DECISION_VISIBILITY_OTHER" in (self.decision_visibility or ()), self.decision_visibility_other),
            (self.decision_monetary == "DECISION_MONETARY_OTHER", self.decision_monetary_other),
            ("CONTENT_TYPE_OTHER" in self.content_type, self.content_type_other),
            ("KEYWORD_OTHER" in (self.category_specification or ()), self.category_specification_other),
        )
        if any(needed and not text for needed, text in others):
            raise ValueError("'other' needs words")
        return self

    def to_json(self) -> dict[str, Any]:
        """As it is sent: dates as Y-m-d, nothing that is empty."""
        return self.model_dump(mode="json", exclude_none=True)

    def free_texts(self) -> dict[str, str]:
        """The fields in which somebody's words could carry personal data."""
        names = [name for name, field in type(self).model_fields.items() if _is_text(name)]
        return {name: value for name in names if (value := getattr(self, name))}


def _is_text(name: str) -> bool:
    ends = ("_other", "_ground", "_explanation", "_identity", "_url", "_facts")
    return name.endswith(ends) and name != "decision_ground"
