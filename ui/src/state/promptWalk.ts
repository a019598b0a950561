/** Goes through the prompts of earlier clips, and back to the text that was being written. */
export class PromptWalk {
  #prompts: string[] = [];
  /** Where it is: 0 is the text that was being written. */
  #at = 0;
  #own = '';
  #shown: string | null = null;

  constructor(private read: () => Promise<string[]>) {}

  /** The prompt one step further back or forth; `null` where there is none. */
  async step(by: 1 | -1, written: string): Promise<string | null> {
    // Whatever was typed since is the text to come back to.
    if (this.#shown === null || written !== this.#shown) {
      this.#own = written;
      this.#at = 0;
      this.#prompts = await this.read().catch(() => []);
      this.#prompts = this.#prompts.filter((prompt) => prompt !== written);
    }
    const next = this.#at + by;
    if (next < 0 || next > this.#prompts.length) return null;
    this.#at = next;
    this.#shown = next === 0 ? this.#own : (this.#prompts[next - 1] ?? this.#own);
    return this.#shown;
  }
}
