import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useImperativeHandle, useLayoutEffect, useRef, type ReactNode, type Ref, type RefObject } from 'react';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import classes from './segment-list.module.css';

/** A line of text and its padding; real heights are measured as rows come into view. */
const LINE_PX = 26;
const ROW_PADDING_PX = 17;
const CHARACTERS_A_LINE = 75;
/** As near to the end as this, a growing list is followed. */
const TAIL_PX = 48;

export interface ListHandle {
  /** Brings a row into view; it is left where it is when it can be seen already. */
  show(index: number): void;
}

interface Props {
  readonly label: string;
  readonly segments: readonly TranscriptSegment[];
  readonly renderRow: (segment: TranscriptSegment, index: number) => ReactNode;
  /** Gets `data-segment` rows, for whoever marks them. */
  readonly box: RefObject<HTMLDivElement | null>;
  readonly handle?: Ref<ListHandle>;
  /** Stays at the end while it grows. */
  readonly isFollowingTail?: boolean;
  readonly onUserScroll?: () => void;
}

/** Ten hours of segments, of which those on the screen exist. */
export function SegmentList({ label, segments, renderRow, box, handle, isFollowingTail = false, onUserScroll }: Props) {
  const virtualizer = useVirtualizer({
    count: segments.length,
    getScrollElement: () => box.current,
    estimateSize: (index) => ROW_PADDING_PX + LINE_PX * Math.max(1, Math.ceil((segments[index]?.text.length ?? 0) / CHARACTERS_A_LINE)),
    overscan: 8,
  });
  useImperativeHandle(handle, () => ({
    show: (index) => {
      const row = box.current?.querySelector(`[data-segment="${index}"]`) ?? null;
      if (row === null || box.current === null || !isInside(row, box.current)) virtualizer.scrollToIndex(index, { align: 'center' });
    },
  }), [virtualizer, box]);
  useTail(box, segments.length, isFollowingTail);
  return (
    <div ref={box} className={classes.box} tabIndex={isFollowingTail ? 0 : -1} onWheel={onUserScroll} onTouchMove={onUserScroll}>
      <div role="list" aria-label={label} className={classes.space} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const segment = segments[index];
          return segment === undefined ? null : (
            <div
              key={index} ref={virtualizer.measureElement} data-index={index} data-segment={index} role="listitem" aria-setsize={segments.length} aria-posinset={index + 1}
              className={classes.place} style={{ transform: `translateY(${start}px)` }}
            >
              {renderRow(segment, index)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function isInside(row: Element, box: Element): boolean {
  const [inner, outer] = [row.getBoundingClientRect(), box.getBoundingClientRect()];
  return inner.top >= outer.top && inner.bottom <= outer.bottom;
}

/** Whoever scrolled up wants to read there. */
function useTail(box: RefObject<HTMLDivElement | null>, count: number, isFollowing: boolean): void {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = box.current;
    const look = (): void => {
      if (element !== null) isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < TAIL_PX;
    };
    element?.addEventListener('scroll', look, { passive: true });
    return () => element?.removeEventListener('scroll', look);
  }, [box]);
  useLayoutEffect(() => {
    if (isFollowing && isAtEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [box, count, isFollowing]);
}
