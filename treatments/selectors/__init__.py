from treatments.selectors.catalogue import get_option, published_treatments
from treatments.selectors.guide import GuideContents, get_guide_rules, guide_contents, load_guide

__all__ = [
    "GuideContents",
    "get_guide_rules",
    "get_option",
    "guide_contents",
    "load_guide",
    "published_treatments",
]
