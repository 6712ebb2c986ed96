"""The voices that personas may name: the formant voice, assets of the package, and files by their path."""

from importlib.resources import files

from psi_ecs.components.voice import Voice, Voices

from .formant import FormantVoice


class Library(Voices):
    """Resource: a voice is loaded when it is first asked for."""

    def __init__(self) -> None:
        """The formant voice alone."""
        super().__init__()
        formant = FormantVoice()
        self.by_name[formant.name] = formant

    def __getitem__(self, name: str) -> Voice:
        """The voice of that name, or in the file of that path NAME.voice; PsiError in one line if there is none."""
        if name not in self.by_name and (name.endswith(".voice") or (files("psi_ecs.assets") / "voices" / f"{name}.voice").is_file()):
            from .learned import LearnedVoice

            self.by_name[name] = LearnedVoice(name)
        return super().__getitem__(name)
