import { locale } from "$texts";

/** `amount`, a decimal string as the API gives it, in words: £45, or £45.50 where there are pence. */
export function money(amount: string, currency: string): string {
  const isWhole = /^-?\d+(\.0+)?$/.test(amount);
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency,
    minimumFractionDigits: isWhole ? 0 : 2,
    maximumFractionDigits: isWhole ? 0 : 2,
  }).format(Number(amount));
}

/** True for any amount above nothing. */
export function isPositive(amount: string): boolean {
  return Number(amount) > 0;
}
