import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMirror } from '../../store/mirror.ts';

/** Ends of this time are read out together: a queue of short tasks must not talk without a pause. */
const TELL_AFTER_MS = 2_000;

/** Tells screen readers what was finished and what failed. */
export function Results() {
  const { t } = useTranslation('queue');
  const completed = useMirror(({ sections, listRevision }) => (listRevision >= 0 ? sections.counts.completed : 0));
  const failed = useMirror(({ sections, listRevision }) => (listRevision >= 0 ? sections.counts.failed : 0));
  const isLoaded = useMirror((mirror) => mirror.isLoaded);
  const told = useRef<{ completed: number; failed: number } | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (!isLoaded) return;
    told.current ??= { completed, failed };
    const timer = setTimeout(() => {
      const before = told.current ?? { completed, failed };
      told.current = { completed, failed };
      const parts = [completed > before.completed ? t('results.completed', { count: completed - before.completed }) : '', failed > before.failed ? t('results.failed', { count: failed - before.failed }) : ''];
      if (parts.some((part) => part !== '')) setText(parts.filter((part) => part !== '').join(' '));
    }, TELL_AFTER_MS);
    return () => clearTimeout(timer);
  }, [completed, failed, isLoaded, t]);
  return <div className="visually-hidden" role="status" aria-live="polite">{text}</div>;
}
