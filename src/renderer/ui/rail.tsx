import { IconAdjustments, IconBook2, IconBrain, IconFolderSearch, IconList } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { PAGES, showPage, useView, type Page } from '../store/view.ts';
import classes from './rail.module.css';

const ICONS = { queue: IconList, recipes: IconBook2, watches: IconFolderSearch, models: IconBrain, settings: IconAdjustments } as const satisfies Record<Page, unknown>;

/** The way between pages, at the left. */
export function Rail() {
  const { t } = useTranslation();
  const page = useView((view) => view.page);
  return (
    <nav className={classes.rail} aria-label={t('pages.label')}>
      {PAGES.map((name) => {
        const Icon = ICONS[name];
        return (
          <button key={name} type="button" className={classes.entry} aria-current={name === page ? 'page' : undefined} onClick={() => showPage(name)}>
            <Icon size={22} stroke={1.6} aria-hidden />
            {t(`pages.${name}`)}
          </button>
        );
      })}
    </nav>
  );
}
