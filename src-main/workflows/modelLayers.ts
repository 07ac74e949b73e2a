/** Every layer of a model with its shapes and parameters, as `models show --layers` prints it. */
import type { ModelCard } from '#main/contract/card';
import { describeDenseNet, layerParameters, listLayers, type Layer } from '#main/chexnet/network/densenet121';

export type LayerRow = {
  readonly name: string;
  readonly kind: Layer['kind'];
  /** Of its weights, in torchvision's layout. */
  readonly shape: readonly number[];
  /** Learned numbers. */
  readonly trainable: number;
  /** Running statistics of a batch norm. */
  readonly fixed: number;
};

export function modelLayers({ input, findings, head }: ModelCard): LayerRow[] {
  const network = describeDenseNet({ inputChannels: input.channels, findings: findings.length, head });
  return listLayers(network).map((layer) => {
    const parameters = layerParameters(layer);
    const count = (trainable: boolean): number =>
      parameters
        .filter((parameter) => parameter.trainable === trainable)
        .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
    return {
      name: layer.name,
      kind: layer.kind,
      shape: parameters[0]?.shape ?? [],
      trainable: count(true),
      fixed: count(false),
    };
  });
}
