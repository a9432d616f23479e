import { useTranslation } from 'react-i18next';
import type { ChainStep, StepOutput } from '../../../shared/recipe.ts';
import { recipeName } from '../../ui/recipes.ts';

/** What a step works on, in words. */
export function StepSource({ step, steps }: { readonly step: ChainStep; readonly steps: readonly ChainStep[] }) {
  const { t } = useTranslation('recipe-page');
  const called = (key: string): string => recipeName(steps.find((one) => one.key === key)?.recipe ?? key);
  const made = ({ step: key, extension }: StepOutput): string => t('madeBy', { extension, step: called(key) });
  const parts = [
    step.input === 'source' ? t('ofSource') : t('ofMade', { made: made(step.input) }),
    ...Object.values(step.setFrom).map((from) => t('withMade', { made: made(from) })), ...step.after.map((key) => t('afterStep', { step: called(key) })),
  ];
  return <span>{parts.join(' · ')}</span>;
}
