/** The rows to show, made anew only when tasks come, go or move, or when the user looks for something else. */
import { useDeferredValue, useMemo } from 'react';
import { useMirror } from '../../store/mirror.ts';
import { filterSection, ListModel } from './list-model.ts';
import { useQueueView } from './queue-view.ts';

export function useListModel(): ListModel {
  const sections = useMirror((mirror) => mirror.sections);
  const listRevision = useMirror((mirror) => mirror.listRevision);
  const typed = useQueueView((view) => view.search);
  const state = useQueueView((view) => view.state);
  const type = useQueueView((view) => view.type);
  const folded = useQueueView((view) => view.folded);
  // The field follows the fingers, the list as soon as it can.
  const search = useDeferredValue(typed);
  return useMemo(() => {
    // The sections change in place; their revision says when.
    void listRevision;
    const filter = { search, state, type };
    return new ListModel(
      {
        attention: filterSection('attention', sections.of('attention'), filter),
        running: filterSection('running', sections.of('running'), filter),
        waiting: filterSection('waiting', sections.of('waiting'), filter),
        finished: filterSection('finished', sections.of('finished'), filter),
      },
      folded,
    );
  }, [sections, listRevision, search, state, type, folded]);
}
