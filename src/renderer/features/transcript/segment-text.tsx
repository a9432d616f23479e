import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { formatPercent } from '../../ui/format.ts';
import { isDoubtful } from './text/doubt.ts';
import type { Match } from './text/find.ts';
import { showPieces, type ShownPiece } from './text/fragments.ts';
import classes from './segment-text.module.css';

interface Props {
  readonly segment: TranscriptSegment;
  readonly matches: readonly Match[];
  /** The match that a search stands at. */
  readonly current: Match | null;
}

/** A segment's words, each of which knows its number; what Whisper was unsure of is underlined. */
export const SegmentText = memo(function SegmentText({ segment, matches, current }: Props) {
  return showPieces(segment, matches, current).map((piece, index) => <Piece key={index} piece={piece} />);
});

function Piece({ piece: { placed, fragments } }: { readonly piece: ShownPiece }) {
  const { t } = useTranslation('transcript');
  const text = fragments.map(({ text: part, from, isMatch, isCurrent }) => (isMatch ? <mark key={from} className={classes.mark} data-from={from} data-current={isCurrent || undefined}>{part}</mark> : <span key={from} data-from={from}>{part}</span>));
  if (placed === null) return text;
  const { word, index } = placed;
  if (!isDoubtful(word)) return <span className={classes.word} data-word={index}>{text}</span>;
  return <span className={classes.word} data-word={index} data-doubtful title={t('doubtful', { percent: formatPercent(word.confidence * 100) })}>{text}</span>;
}
