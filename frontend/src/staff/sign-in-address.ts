/** Where to sign in, and to come back from to the screen that is shown. */
export function signInAddress(): string {
  const query = new URLSearchParams(location.search);
  query.delete("q"); // a client's name, perhaps: the browser would keep it with the address
  const place = query.size ? `${location.pathname}?${query}` : location.pathname;
  return `/sign-in/?next=${encodeURIComponent(place)}`;
}
