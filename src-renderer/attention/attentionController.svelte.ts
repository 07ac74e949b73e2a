/** The attention maps of one film, fetched when first asked for, and which finding's map is shown. */
import type { HilumApi } from '#main/contract/createApi';
import type { FilmId, PredictionId } from '#main/contract/ids';
import { call } from '../shared/call';
import type { Notices } from '../shared/notices.svelte';
import { largestValue, mapOf, scaledMap } from '#main/imaging/grey/attentionPicture';

export type ShownPrediction = {
  readonly filmId: FilmId;
  readonly predictionId: PredictionId;
  readonly findings: readonly string[];
};

export class AttentionController {
  /** The chosen finding; kept while films change, so that the same finding can be followed through a worklist. */
  finding: string | null = $state(null);
  /** The one that was shown before the map was hidden. */
  lastFinding: string | null = null;
  maps: Float32Array | null = $state.raw(null);
  #shown: ShownPrediction | null = $state.raw(null);

  /** [7,7] of the chosen finding; null where none is chosen or nothing has come yet. */
  readonly map: Float32Array | null = $derived.by(() => {
    const index = this.#shown?.findings.indexOf(this.finding ?? '') ?? -1;
    return this.maps === null || index < 0 ? null : mapOf(this.maps, index);
  });
  readonly scaled: Float32Array | null = $derived(this.map === null ? null : scaledMap(this.map));
  readonly largest: number = $derived(this.map === null ? 0 : largestValue(this.map));

  readonly #api: HilumApi;
  readonly #notices: Notices;

  constructor(api: HilumApi, notices: Notices) {
    this.#api = api;
    this.#notices = notices;
  }

  /** Chooses a finding, or takes the map away where it is chosen already. */
  async toggle(finding: string): Promise<void> {
    await this.choose(this.finding === finding ? null : finding);
  }

  async choose(finding: string | null): Promise<void> {
    this.lastFinding = finding ?? this.finding ?? this.lastFinding;
    this.finding = finding;
    await this.#fetch();
  }

  /** The film on the screen changed: null where it has no numbers. */
  async show(prediction: ShownPrediction | null): Promise<void> {
    if (prediction?.predictionId === this.#shown?.predictionId) return;
    this.#shown = prediction;
    this.maps = null;
    if (this.finding !== null) await this.#fetch();
  }

  async #fetch(): Promise<void> {
    const shown = this.#shown;
    if (shown === null || this.maps !== null || this.finding === null) return;
    const maps = await this.#notices.attempt(() => call(this.#api.getAttentionMaps({ filmId: shown.filmId })));
    // Another film may have come meanwhile: its overlay must never show this one's map.
    if (maps !== undefined && this.#shown === shown) this.maps = maps;
  }
}
