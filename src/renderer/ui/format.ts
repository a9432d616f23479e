/** Numbers as people of the window's language write them. */
import i18next from 'i18next';

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Making an Intl format costs more than using it a thousand times. */
function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${i18next.language}${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known instanceof Intl.NumberFormat) return known;
  const made = new Intl.NumberFormat(i18next.language, options);
  formats.set(key, made);
  return made;
}

function dateTime(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${i18next.language}${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known instanceof Intl.DateTimeFormat) return known;
  const made = new Intl.DateTimeFormat(i18next.language, options);
  formats.set(key, made);
  return made;
}

export function formatNumber(value: number, maximumFractionDigits = 0): string {
  return number({ maximumFractionDigits }).format(value);
}

/** `42 %` in the language's own way. */
export function formatPercent(percent: number): string {
  return number({ style: 'percent', maximumFractionDigits: 0 }).format(percent / 100);
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** 1000 to the step, as the systems' file managers count. */
export function formatBytes(bytes: number): string {
  const step = Math.min(BYTE_UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return number({ style: 'unit', unit: BYTE_UNITS[step] ?? 'byte', unitDisplay: step === 0 ? 'long' : 'short', maximumFractionDigits: step === 0 || value >= 100 ? 0 : 1 }).format(value);
}

/** The two largest units: `2 hr, 5 min`, `40 sec`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = { day: Math.floor(whole / 86_400), hour: Math.floor(whole / 3600) % 24, minute: Math.floor(whole / 60) % 60, second: whole % 60 } as const;
  const unit = (name: keyof typeof parts) => number({ style: 'unit', unit: name, unitDisplay: 'short' }).format(parts[name]);
  const pairs = [['day', 'hour'], ['hour', 'minute'], ['minute', 'second']] as const;
  for (const [large, small] of pairs) {
    if (parts[large] > 0) return parts[small] > 0 ? `${unit(large)} ${unit(small)}` : unit(large);
  }
  return unit('second');
}

/** A place on a film's time line: `1:02:03`, `0:07`. */
export function formatTimecode(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** The time of day; with the date when it was not today. */
export function formatTime(at: number): string {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return dateTime(isToday ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' }).format(at);
}
