import { useCallback, useMemo, useReducer, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TaskId } from '../../../shared/task.ts';
import type { TranscriptSegment } from '../../../shared/transcript.ts';
import { api } from '../../api/window-api.ts';
import { ConflictNote } from './conflict-note.tsx';
import { EditorTools } from './editor-tools.tsx';
import { FindBar } from './find-bar.tsx';
import { languageName } from './language-name.ts';
import { LostEdits } from './lost-edits.tsx';
import { openWithDraft } from './open-with-draft.ts';
import { PlayerBar } from './player-bar.tsx';
import { SegmentList, type ListHandle } from './segment-list.tsx';
import { SegmentRow } from './segment-row.tsx';
import { edit } from './text/editor.ts';
import type { Match } from './text/find.ts';
import { TranscriptHeader } from './transcript-header.tsx';
import { useEditorKeys } from './use-editor-keys.ts';
import { usePlayer } from './use-player.ts';
import { useRowActions } from './use-row-actions.ts';
import { useSaving } from './use-saving.ts';
import { useSearch } from './use-search.ts';
import { useSpokenWord } from './use-spoken-word.ts';
import type { LoadedTranscript } from './use-transcript.ts';
import classes from './transcript-page.module.css';

interface Props {
  readonly id: TaskId;
  readonly name: string;
  readonly loaded: LoadedTranscript;
  readonly onReload: () => void;
}

const NO_MATCHES: readonly Match[] = [];

/** The finished transcript with its player: listen, correct, export. */
export function TranscriptEditor({ id, name, loaded, onReload }: Props) {
  const { t } = useTranslation('transcript');
  const opened = useMemo(() => openWithDraft(id, loaded), [id, loaded]);
  const [state, dispatch] = useReducer(edit, opened.state);
  const [isFollowing, setIsFollowing] = useState(true);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<ListHandle>(null);
  const findField = useRef<HTMLInputElement>(null);
  const media = useRef<HTMLVideoElement>(null);
  const player = usePlayer(media);
  const show = useCallback((segment: number) => list.current?.show(segment), []);
  const { cursor, actions } = useRowActions({ state, dispatch, seek: player.seek, media, list });
  const search = useSearch({ state, dispatch, onShow: show });
  const keeping = useSaving({ id, state, dispatch, baseRevision: loaded.revision });
  const followSpoken = useCallback((segment: number) => {
    if (isFollowing && media.current?.paused === false) show(segment);
  }, [isFollowing, media, show]);
  useSpokenWord({ media, list: box, segments: state.segments, onSegment: followSpoken });
  const { segments } = state;
  const closeFind = (): void => {
    search.close();
    actions.focusRow(search.current?.segment ?? cursor.active);
  };
  useEditorKeys({ state, dispatch, player, search, findField, closeFind, show });
  const renderRow = (segment: TranscriptSegment, index: number) => (
    <SegmentRow
      segment={segment} index={index} isLast={index === segments.length - 1} isActive={index === cursor.active} editing={cursor.editing?.index === index ? cursor.editing : null} wish={index === cursor.active ? cursor.wish : null}
      matches={search.bySegment.get(index) ?? NO_MATCHES} current={search.current?.segment === index ? search.current : null} actions={actions}
    />
  );
  return (
    <>
      <TranscriptHeader name={name} facts={languageName(loaded.transcript.language)}>
        <EditorTools id={id} state={state} dispatch={dispatch} keeping={keeping} search={search} findField={findField} active={cursor.active} actions={actions} />
      </TranscriptHeader>
      {keeping.saving.kind === 'conflict' && <ConflictNote keeping={keeping} id={id} onTakeOther={onReload} />}
      <LostEdits texts={opened.lost} />
      {search.isOpen && <FindBar search={search} field={findField} onClose={closeFind} />}
      <div className={classes.body}>
        <SegmentList label={t('list')} segments={segments} renderRow={renderRow} box={box} handle={list} onUserScroll={() => player.isPlaying && setIsFollowing(false)} />
        <video ref={media} {...player.events} className={classes.video} data-hidden={!player.hasPicture || undefined} src={api.fileUrl({ id, which: 'input', index: 0 })} preload="metadata" aria-label={name} onClick={player.toggle} />
      </div>
      <PlayerBar media={media} player={player} durationMs={state.durationMs} isFollowing={isFollowing} onFollow={setIsFollowing} />
    </>
  );
}
