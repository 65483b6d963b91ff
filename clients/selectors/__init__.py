from clients.selectors.people import find_client, get_rules, open_to, visible_to

__all__ = ["find_client", "get_rules", "open_to", "visible_to"]
