"""The ground of every form: CSRF on, errors in the reader's language, blanks around text forgiven."""

from __future__ import annotations

from typing import Any

from flask_wtf import FlaskForm

from webapp.core.i18n import language

# Control characters but tab and line ends: nobody types them, PostgreSQL refuses NUL, and a letter cannot hold them.
UNTYPED = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127))


def strip(value: Any) -> Any:
    """Trim text and drop what no keyboard types; leave everything else alone."""
    return value.translate(UNTYPED).strip() if isinstance(value, str) else value


class Form(FlaskForm):
    """A Flask-WTF form whose built-in messages follow the page's language."""

    class Meta(FlaskForm.Meta):
        """Ask WTForms for its own translations of standard messages."""

        @property
        def locales(self) -> list[str]:
            """WTForms' name of the current language."""
            return ["zh"] if language() == "zh" else ["en"]

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Give every text field the trimming filter."""
            filters = unbound_field.kwargs.get("filters", [])
            return (
                unbound_field.bind(form=form, filters=[*filters, strip], **options)
                if _is_text(unbound_field)
                else (super().bind_field(form, unbound_field, options))
            )


def _is_text(unbound: Any) -> bool:
    from wtforms import StringField

    return isinstance(unbound.field_class, type) and issubclass(unbound.field_class, StringField)
