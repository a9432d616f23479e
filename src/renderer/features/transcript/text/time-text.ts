/** Times of a transcript as a person reads and types them. */

/** `4:05.250`; with hours `1:04:05.250`. */
export function formatExactTime(ms: number): string {
  const total = Math.max(0, Math.round(ms));
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [hours, minutes] = [Math.floor(total / 3_600_000), Math.floor(total / 60_000) % 60];
  const rest = `${two((total / 1000) % 60)}.${String(total % 1000).padStart(3, '0')}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** The same to the second, for the margin. */
export function formatClock(ms: number): string {
  return formatExactTime(Math.floor(Math.max(0, ms) / 1000) * 1000).slice(0, -4);
}

/** Milliseconds of `75`, `1:15`, `1:15.5`, `0:01:15,5`; null: it is no time. */
export function parseTime(text: string): number | null {
  const match = /^(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,6})(?:[.,](\d{1,3}))?$/.exec(text.trim());
  if (match === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = ''] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
}
