/** Marks the word that is spoken. Only attributes change: the list is not rendered again sixty times a second. */
import { useEffect, type RefObject } from 'react';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { placeAt, type Place } from './text/playback.ts';

interface Spoken {
  readonly media: RefObject<HTMLVideoElement | null>;
  /** The element that holds the rows: `data-segment` on each, `data-word` on each word. */
  readonly list: RefObject<HTMLElement | null>;
  readonly segments: readonly TranscriptSegment[];
  /** Another segment is spoken now. */
  readonly onSegment: (segment: number) => void;
}

const MARK = 'data-spoken';

export function useSpokenWord({ media, list, segments, onSegment }: Spoken): void {
  useEffect(() => {
    const element = media.current;
    if (element === null) return;
    let frame = 0;
    let segment = -1;
    const mark = (): void => {
      const place = placeAt(segments, element.currentTime * 1000);
      if (list.current !== null) markPlace(list.current, place);
      if (place !== null && place.segment !== segment) onSegment(place.segment);
      segment = place?.segment ?? -1;
      frame = element.paused ? 0 : requestAnimationFrame(mark);
    };
    const wake = (): void => {
      if (frame === 0) frame = requestAnimationFrame(mark);
    };
    const events = ['play', 'seeked', 'loadedmetadata'] as const;
    for (const name of events) element.addEventListener(name, wake);
    wake();
    return () => {
      cancelAnimationFrame(frame);
      for (const name of events) element.removeEventListener(name, wake);
    };
  }, [media, list, segments, onSegment]);
}

/** Rows come and go while scrolling, so the marks are looked for anew; there are as many rows as fit on the screen. */
function markPlace(list: HTMLElement, place: Place | null): void {
  const row = place === null ? null : list.querySelector(`[data-segment="${place.segment}"]`);
  const word = place === null || place.word < 0 ? null : (row?.querySelector(`[data-word="${place.word}"]`) ?? null);
  for (const marked of list.querySelectorAll(`[${MARK}]`)) if (marked !== row && marked !== word) marked.removeAttribute(MARK);
  if (row?.hasAttribute(MARK) === false) row.setAttribute(MARK, '');
  if (word?.hasAttribute(MARK) === false) word.setAttribute(MARK, '');
}
