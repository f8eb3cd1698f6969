"""The language of the window: its texts, its plurals, its numbers, and Qt's own texts."""

from __future__ import annotations

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from samdesk.resources import resource

# English is what the texts are written in; its file has only the plurals.
LANGUAGES = {
    "en": QLocale(QLocale.Language.English, QLocale.Country.UnitedStates),
    "de": QLocale(QLocale.Language.German, QLocale.Country.Germany),
}

_installed: list[QTranslator] = []


def apply(application: QApplication, language: str) -> None:
    """Shows texts and numbers in a language: "system", "en" or "de".

    For windows that are made from now on. The system's language is taken where there are texts in
    it, with the system's way of writing numbers.
    """
    locale = _of_system() if language == "system" else LANGUAGES[language]
    QLocale.setDefault(locale)
    for former in _installed:
        application.removeTranslator(former)
    _installed.clear()
    name = locale.name().partition("_")[0]
    of_qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for path in (f"{of_qt}/qtbase_{name}.qm", str(resource(f"translations/samdesk_{name}.qm"))):
        translator = QTranslator(application)
        # Qt's own texts are English where it has no file for a language.
        if translator.load(path):
            application.installTranslator(translator)
            _installed.append(translator)


def _of_system() -> QLocale:
    system = QLocale.system()
    for language in system.uiLanguages():
        name = language.partition("-")[0]
        if name in LANGUAGES:
            return system if system.name().startswith(name) else LANGUAGES[name]
    return LANGUAGES["en"]
