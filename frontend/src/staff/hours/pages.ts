type Page<Row> = { results: Row[]; next?: string | null | undefined };

const LARGEST_PAGE = 200;

/** Every row of a list that comes in pages. For lists that are short by nature, such as a therapist's hours. */
export async function everyRow<Row>(
  load: (place: { page: number; page_size: number }) => Promise<Page<Row>>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let page = 1; ; page++) {
    const { results, next } = await load({ page, page_size: LARGEST_PAGE });
    rows.push(...results);
    if (!next) return rows;
  }
}
