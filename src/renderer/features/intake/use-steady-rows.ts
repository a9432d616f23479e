/** Rows that stay where they are while others come in above them. */
import { useLayoutEffect, useRef, type PointerEvent, type RefObject } from 'react';

interface SteadyRows {
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly onPointerMove: (event: PointerEvent) => void;
  readonly onFocus: () => void;
}

/**
 * `above` rows come before all others, and grow in number while somebody may be about to click one of those others. Once the list is in use
 * (scrolled, pointed into, focused) it is scrolled by what came in above; until then it shows its beginning, where the news is.
 */
export function useSteadyRows(above: number, rowHeight: number): SteadyRows {
  const scroller = useRef<HTMLDivElement>(null);
  const isUsed = useRef(false);
  const before = useRef(above);
  useLayoutEffect(() => {
    const list = scroller.current;
    const added = above - before.current;
    const isBelowThem = list !== null && list.scrollTop >= before.current * rowHeight;
    before.current = above;
    if (added > 0 && isBelowThem && (isUsed.current || list.scrollTop > 0)) list.scrollTop += added * rowHeight;
  }, [above, rowHeight]);
  return {
    scroller,
    // A layout that changes below a pointer at rest is reported as a move too, by nothing.
    onPointerMove: ({ movementX, movementY }) => {
      if (movementX !== 0 || movementY !== 0) isUsed.current = true;
    },
    onFocus: () => {
      isUsed.current = true;
    },
  };
}
