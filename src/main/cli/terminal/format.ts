/** Figures as people read them. */

const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3600;
const BYTES_PER_STEP = 1000;
const BYTE_UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** `950 ms`, `42 s`, `3:07`, `12:05:00`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${String(Math.round(milliseconds))} ms`;
  const seconds = Math.round(milliseconds / 1000);
  return seconds < SECONDS_PER_MINUTE ? `${String(seconds)} s` : formatClock(seconds);
}

/** `0:42`, `3:07`, `12:05:00`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const minutes = Math.floor((whole % SECONDS_PER_HOUR) / SECONDS_PER_MINUTE);
  const rest = String(whole % SECONDS_PER_MINUTE).padStart(2, '0');
  if (whole < SECONDS_PER_HOUR) return `${String(minutes)}:${rest}`;
  return `${String(Math.floor(whole / SECONDS_PER_HOUR))}:${String(minutes).padStart(2, '0')}:${rest}`;
}

/** Decimal units, as file managers show them: `17 bytes`, `4.2 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= BYTES_PER_STEP - 0.5 && unit < BYTE_UNITS.length - 1) {
    value /= BYTES_PER_STEP;
    unit += 1;
  }
  const text = unit === 0 || value >= 100 ? String(Math.round(value)) : value.toFixed(1);
  return `${text} ${BYTE_UNITS[unit] ?? ''}`;
}

/** `2026-11-23 08:15:02` in the machine's own time zone. */
export function formatTime(epochMs: number): string {
  const date = new Date(epochMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${String(date.getFullYear())}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `1 task`, `3 tasks`. */
export function count(number: number, noun: string): string {
  return `${String(number)} ${noun}${number === 1 ? '' : 's'}`;
}
