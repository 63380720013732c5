namespace Ingest.EndToEnd;

/// <summary>A flipped bit in a stored block is named, and never skipped: other batches ship, this one waits.</summary>
public sealed class CorruptJournalTests
{
    private const int Batches = 3;

    /// <summary>Events of a batch: lines of more than 16 KiB, so that its block is not stored anew when it is sealed.</summary>
    private const int EventsPerBatch = 200;

    [Fact]
    public async Task A_flipped_bit_is_named_and_its_batch_ships_once_it_is_mended()
    {
        var oracle = new ConservationOracle();
        await using var installation = NewUnreachable();
        await installation.StartAsync();
        using var client = new PlainClient(installation.Url);
        for (var batch = 0; batch < Batches; batch++)
        {
            await client.PostAsync(
                oracle, [.. Enumerable.Range(0, EventsPerBatch).Select(i => new PlainEvent($"stored-{batch}-{i}"))]);
            await installation.WaitForStatusAsync(status => status.Unsealed == 0);
        }

        await installation.StopAsync();
        // No drain: it would wait for the batch that cannot ship.
        installation.ShipTo(installation.LakeFolder, "--drain", "0s");
        var bit = StoredBit.FindInBlock(installation.Data);
        bit.Flip();

        await installation.StartAsync();
        await installation.WaitForStatusAsync(s => s.SetAside.Count > 0 && s.Pending == EventsPerBatch);
        var status = ServerStatus.Parse((await installation.RunAsync("status", "--json")).Output);
        var setAside = Assert.Single(status.SetAside);
        Assert.StartsWith("good/source=shop/", setAside, StringComparison.Ordinal);
        Assert.Contains("journal.db, table bodies, position", setAside, StringComparison.Ordinal);
        var audit = await installation.RunAsync("audit");
        Assert.True(audit.ExitCode == 1, audit.Output);
        Assert.Contains("journal.db, table bodies, position", audit.Output, StringComparison.Ordinal);
        Assert.Contains($"{(Batches - 1) * EventsPerBatch} good events", audit.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 findings", audit.Output, StringComparison.Ordinal);
        await installation.StopAsync();

        var report = oracle.Check(LakeReader.Read(installation.LakeFolder));
        Assert.Equal((EventsPerBatch, 0, 0, 0), (report.Missing.Count, report.Unknown.Count, report.Doubled.Count, report.Altered.Count));

        bit.Flip();
        await installation.StartAsync();
        await installation.WaitForStatusAsync(s => s.Pending == 0);
        await installation.StopAsync();
        await Verdict.AssertConservedAsync(installation, oracle);
    }

    /// <summary>A server whose lake cannot be reached: all that it takes stays in the journal.</summary>
    private static Installation NewUnreachable()
    {
        var installation = new Installation
        {
            Runtime = "node",
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["AWS_ACCESS_KEY_ID"] = "key", ["AWS_SECRET_ACCESS_KEY"] = "secret", ["AWS_REGION"] = "us-east-1",
            },
        };
        installation.ShipTo("s3://nowhere/events", "--s3-endpoint", $"http://127.0.0.1:{StablePort.Choose()}", "--drain", "0s");
        return installation;
    }
}
