/** What is typed into a field and not taken over yet. */
import { useState } from 'react';

/** Starts anew with each new value from elsewhere, without losing the focus. */
export function useTyped(value: string): [string, (text: string) => void] {
  const [typed, setTyped] = useState(value);
  const [seen, setSeen] = useState(value);
  if (seen !== value) {
    setSeen(value);
    setTyped(value);
  }
  return [typed, setTyped];
}
