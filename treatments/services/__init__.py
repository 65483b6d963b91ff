from treatments.services.catalogue import check_can_be_published, hide, publish
from treatments.services.guide import GuideAnswer, answer_guide, screen

__all__ = ["GuideAnswer", "answer_guide", "check_can_be_published", "hide", "publish", "screen"]
