/** The items in groups of one key each, groups and items in the order in which they came. */
export function grouped<Item>(items: Item[], keyOf: (item: Item) => string): { key: string; items: Item[] }[] {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return [...groups].map(([key, of]) => ({ key, items: of }));
}
