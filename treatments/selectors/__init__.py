from treatments.selectors.catalogue import get_option, get_published_treatment, published_treatments
from treatments.selectors.guide import GuideContents, get_guide_rules, guide_contents, load_guide

__all__ = [
    "GuideContents",
    "get_guide_rules",
    "get_option",
    "get_published_treatment",
    "guide_contents",
    "load_guide",
    "published_treatments",
]
