import { Button, Skeleton, Text, Title } from '@mantine/core';
import { IconBrain } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorText } from '../../ui/error-text.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { CatalogueRow } from './catalogue-row.tsx';
import { ModelChoice } from './model-choice.tsx';
import { useModels, type Models } from './use-models.ts';
import classes from './models-page.module.css';

/** The speech models of this machine, and those that can be had. */
export function ModelsPage() {
  const { t } = useTranslation('models');
  const models = useModels();
  return (
    <>
      <PageHeader title={t('title')} />
      <div className={classes.scroll} aria-busy={models.list === null && models.error === null}>
        <Text size="sm" c="dimmed" className={classes.intro}>{t('intro')}</Text>
        <Found {...models} />
        {models.list !== null && <Catalogue list={models.list} />}
      </div>
    </>
  );
}

function Found({ list, error, reload }: Models) {
  const { t } = useTranslation('models');
  if (list === null && error !== null) {
    return (
      <EmptyState icon={<IconBrain size={40} stroke={1.4} />} title={t('failed')}>
        <ErrorText error={error} />
        <Button variant="default" onClick={reload}>{t('tryAgain')}</Button>
      </EmptyState>
    );
  }
  return (
    <section className={classes.section} aria-labelledby="models-found">
      <Title order={2} id="models-found" className={classes.heading}>{t('found.title')}</Title>
      {list === null && <div className={classes.card}><Skeleton height={56} /></div>}
      {list !== null && list.models.length === 0 && <Text className={classes.none}>{t('found.none')}</Text>}
      {list !== null && list.models.length > 0 && <ModelChoice list={list} />}
    </section>
  );
}

function Catalogue({ list: { catalogue } }: { readonly list: NonNullable<Models['list']> }) {
  const { t } = useTranslation('models');
  return (
    <section className={classes.section} aria-labelledby="models-catalogue">
      <Title order={2} id="models-catalogue" className={classes.heading}>{t('catalogue.title')}</Title>
      <Text size="sm" c="dimmed" className={classes.note}>{t('catalogue.note')}</Text>
      <div className={classes.card}>
        {catalogue.map((entry) => <CatalogueRow key={entry.name} entry={entry} />)}
      </div>
    </section>
  );
}
