using Ingest.Engine;
using Ingest.TestKit;

namespace Ingest.Storage.Tests;

public sealed class SqliteJournalTests : JournalConformance
{
    private readonly TemporaryFolder _folder = new();

    protected override async ValueTask<IJournal> OpenAsync() =>
        await SqliteJournal.OpenAsync(new SqliteJournalOptions { Folder = _folder.Path, ReserveBytes = 0 });

    /// <summary>One process owns the folder, so two activations share its one handle.</summary>
    protected override ValueTask<IJournal> OpenSecondAsync() => ValueTask.FromResult(Journal);

    protected override ValueTask CleanUpAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
