import { ActionIcon, Badge, Radio, Text, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ModelList } from '../../../shared/contract.ts';
import { api } from '../../api/window-api.ts';
import { useMirror } from '../../store/mirror.ts';
import { formatBytes, formatDuration, formatNumber } from '../../ui/format.ts';
import { attempt } from '../../ui/toast.ts';
import { familyOf } from './model-facts.ts';
import { useRemoval } from './remove-model.tsx';
import classes from './models-page.module.css';

type Model = ModelList['models'][number];

/** Whoever chooses nothing gets the best one. */
const AUTOMATIC = 'auto';

/** The models of this machine, one of them in use. */
export function ModelChoice({ list: { models, chosen } }: { readonly list: ModelList }) {
  const { t } = useTranslation('models');
  const setting = useMirror(({ settings }) => settings.model);
  const isKnown = setting === AUTOMATIC || models.some(({ name, path }) => name === setting || path === setting);
  const use = (value: string): void => attempt(() => api.setSetting({ name: 'model', value: value === AUTOMATIC ? null : value }));
  return (
    <Radio.Group value={models.find(({ path }) => path === setting)?.name ?? setting} onChange={use} aria-labelledby="models-found">
      <div className={classes.card}>
        <div className={classes.row}>
          <Radio
            value={AUTOMATIC} classNames={{ body: classes.radio, labelWrapper: classes.radioLabel }} label={t('automatic')}
            description={chosen === null ? t('automaticNone') : t('automaticHint', { name: chosen })}
          />
        </div>
        {models.map((model) => <ModelRow key={model.path} model={model} isInUse={model.name === chosen} />)}
      </div>
      {!isKnown && <Text size="sm" c="var(--lh-bad)" role="alert" className={classes.note}>{t('chosenMissing', { name: setting })}</Text>}
    </Radio.Group>
  );
}

function ModelRow({ model, isInUse }: { readonly model: Model; readonly isInUse: boolean }) {
  const { t } = useTranslation('models');
  const removal = useRemoval(model.name);
  return (
    <div className={classes.row}>
      <Radio
        value={model.name} disabled={model.problem !== null} classNames={{ body: classes.radio, labelWrapper: classes.radioLabel }}
        label={<span className={classes.name}>{model.name}{isInUse && <Badge size="sm" variant="light" tt="none">{t('inUse')}</Badge>}</span>}
        description={<ModelFacts model={model} />}
      />
      {model.isOwn && (
        <Tooltip label={t('remove')}>
          <ActionIcon aria-label={t('removeNamed', { name: model.name })} onClick={removal.ask}><IconTrash size={18} aria-hidden /></ActionIcon>
        </Tooltip>
      )}
      {removal.dialog}
    </div>
  );
}

function ModelFacts({ model: { name, path, sizeBytes, from, isMultilingual, problem, speed } }: { readonly model: Model }) {
  const { t } = useTranslation('models');
  const family = familyOf(name);
  const facts = [
    ...(family === null ? [] : [t(`family.${family}`)]),
    t(isMultilingual ? 'multilingual' : 'english'),
    formatBytes(sizeBytes),
    speed === null ? t('speedUnknown') : t('speed', { speed: formatNumber(speed, speed < 10 ? 1 : 0), time: formatDuration(3600 / speed) }),
  ];
  return (
    <>
      <span>{facts.join(' · ')}</span>
      <span className={classes.path} title={path}>{t('where', { from: t(`from.${from}`, { defaultValue: from }), path })}</span>
      {problem !== null && <span className={classes.problem}>{t('problem', { problem })}</span>}
    </>
  );
}
