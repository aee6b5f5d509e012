// Something is listed anew whenever it changed: once for any number of changes that come while it is done.
export class Relisting {
  private isListing = false;
  private isStale = false;

  /** @param list lists it and tells of it; throws nothing */
  constructor(private readonly list: () => Promise<void>) {}

  changed(): void {
    this.isStale = true;
    if (!this.isListing) void this.listWhileStale();
  }

  private async listWhileStale(): Promise<void> {
    this.isListing = true;
    while (this.isStale) {
      this.isStale = false;
      await this.list();
    }
    this.isListing = false;
  }
}
