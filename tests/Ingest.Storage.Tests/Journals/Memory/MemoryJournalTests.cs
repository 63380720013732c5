using Ingest.Engine;

namespace Ingest.Storage.Tests;

public sealed class MemoryJournalTests : JournalConformance
{
    private readonly MemoryJournalStore _store = new();

    protected override ValueTask<IJournal> OpenAsync() => ValueTask.FromResult<IJournal>(new MemoryJournal(_store));

    protected override ValueTask<IJournal> OpenSecondAsync() => OpenAsync();
}
