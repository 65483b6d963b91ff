from treatments.services.catalogue import check_can_be_published, hide, publish
from treatments.services.entries import remove_entry
from treatments.services.guide import GuideAnswer, answer_guide, screen

__all__ = ["GuideAnswer", "answer_guide", "check_can_be_published", "hide", "publish", "remove_entry", "screen"]
