using Ingest.Engine;

namespace Ingest.Storage.Tests.Journals.Postgres;

public sealed class PostgresJournalTests(PostgresFixture fixture) : JournalConformance
{
    private string? _database;

    protected override async ValueTask<IJournal> OpenAsync()
    {
        _database ??= await fixture.NewJournalAsync();
        return await OpenSecondAsync();
    }

    protected override async ValueTask<IJournal> OpenSecondAsync() =>
        await PostgresJournal.OpenAsync(new PostgresJournalOptions { ConnectionString = _database! });

    protected override async ValueTask CleanUpAsync() => await fixture.DropAsync(_database);
}

/// <summary>The same with generations of a few rows, which come and go all the time.</summary>
public sealed class PostgresSmallGenerationsTests(PostgresFixture fixture) : JournalConformance
{
    private string? _database;

    protected override async ValueTask<IJournal> OpenAsync()
    {
        _database ??= await fixture.NewJournalAsync();
        return await OpenSecondAsync();
    }

    protected override async ValueTask<IJournal> OpenSecondAsync() => await PostgresJournal.OpenAsync(new PostgresJournalOptions
    {
        ConnectionString = _database!,
        GenerationBytesMax = 1,
        EvacuateAfter = TimeSpan.FromMilliseconds(1),
        EvacuateShareMax = 1,
        MaintenancePeriod = TimeSpan.FromMilliseconds(20),
    });

    protected override async ValueTask CleanUpAsync() => await fixture.DropAsync(_database);
}
