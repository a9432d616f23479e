/** The source's sound and picture, and how it is steered. */
import { useCallback, useMemo, useState, type RefObject } from 'react';
import { attempt } from '../../ui/toast.ts';

export interface Player {
  readonly isPlaying: boolean;
  readonly hasPicture: boolean;
  /** The window can't play it. */
  readonly isBroken: boolean;
  seek(ms: number): void;
  /** By so much from where it is. */
  skip(ms: number): void;
  toggle(): void;
  setRate(rate: number): void;
  /** For the media element. */
  readonly events: { onPlay(): void; onPause(): void; onLoadedMetadata(): void; onError(): void };
}

/** `media` plays: a video element plays sound alone as well. */
export function usePlayer(media: RefObject<HTMLVideoElement | null>): Player {
  const [isPlaying, setIsPlaying] = useState(false);
  const [hasPicture, setHasPicture] = useState(false);
  const [isBroken, setIsBroken] = useState(false);
  const seek = useCallback((ms: number): void => {
    // A hair inside: a film seeks to the nearest moment it has, and that must not be the word before.
    if (media.current !== null) setTime(media.current, Math.max(0, ms + 1) / 1000);
  }, [media]);
  const verbs = useMemo(() => ({
    seek,
    skip: (ms: number): void => seek((media.current?.currentTime ?? 0) * 1000 + ms),
    toggle: (): void => {
      const element = media.current;
      if (element === null) return;
      if (element.paused) attempt(() => element.play().catch(ignoreAbort));
      else element.pause();
    },
    setRate: (rate: number): void => {
      if (media.current !== null) setPlaybackRate(media.current, rate);
    },
    events: {
      onPlay: () => setIsPlaying(true),
      onPause: () => setIsPlaying(false),
      onLoadedMetadata: () => setHasPicture((media.current?.videoWidth ?? 0) > 0),
      onError: () => setIsBroken(true),
    },
  }), [media, seek]);
  return { isPlaying, hasPicture, isBroken, ...verbs };
}

function setTime(element: HTMLMediaElement, seconds: number): void {
  element.currentTime = seconds;
}

function setPlaybackRate(element: HTMLMediaElement, rate: number): void {
  element.playbackRate = rate;
}

/** Pausing before it began is no mistake; a file that can't be played is told by the element itself. */
function ignoreAbort(thrown: unknown): void {
  if (thrown instanceof DOMException && (thrown.name === 'AbortError' || thrown.name === 'NotSupportedError')) return;
  throw thrown;
}
