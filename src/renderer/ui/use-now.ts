/** The time, for what counts up or down on the screen. */
import { useEffect, useState } from 'react';

/** Epoch milliseconds, renewed every `everyMs`; only while `isActive`, for a window at rest must cost nothing. */
export function useNow(everyMs: number, isActive = true): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isActive) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isActive]);
  return now;
}
