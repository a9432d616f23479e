import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Section } from '../../store/sections.ts';
import { formatNumber } from '../../ui/format.ts';
import { headingKey } from './list-model.ts';
import { foldSection, useQueueView } from './queue-view.ts';
import classes from './heading-row.module.css';

interface Props {
  readonly section: Section;
  readonly count: number;
  readonly isFolded: boolean;
  readonly index: number;
  readonly start: number;
}

/** A section's name and how many tasks are in it. */
export const HeadingRow = memo(function HeadingRow({ section, count, isFolded, index, start }: Props) {
  const { t } = useTranslation('queue');
  const key = headingKey(section);
  const isActive = useQueueView((view) => view.active === key);
  const Icon = isFolded ? IconChevronRight : IconChevronDown;
  return (
    <div
      id={`row-${key}`} role="row" aria-rowindex={index + 1} className={classes.row} data-active={isActive} data-section={section}
      style={{ transform: `translateY(${start}px)` }}
    >
      <div role="gridcell" className={classes.cell}>
        <button type="button" tabIndex={-1} className={classes.fold} aria-expanded={!isFolded} onClick={() => foldSection(section, !isFolded)}>
          <Icon size={16} aria-hidden />
          <span className={classes.name}>{t(`sections.${section}`)}</span>
          <span className={classes.count}>{formatNumber(count)}</span>
        </button>
      </div>
    </div>
  );
});
