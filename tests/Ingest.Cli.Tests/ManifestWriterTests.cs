using System.Security.Cryptography;
using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>Manifests say what is in a closed hour, come when it is complete, and never change.</summary>
public sealed class ManifestWriterTests : IDisposable
{
    private static readonly TimeSpan Grace = new Limits().HourGrace;

    private readonly AuditedLake _world = new();

    private static LakeHour First => AuditedLake.FirstHour;

    public void Dispose() => _world.Dispose();

    [Fact]
    public async Task A_manifest_counts_what_came_in_and_names_every_object()
    {
        var good = await _world.ShipAsync("shop", LakeStream.Good, "a", "b");
        _world.Rule = EventRules.TooLarge;
        var large = await _world.ShipAsync("shop", LakeStream.Quarantine, "c");
        _world.Rule = "iglu:com.acme/signup/jsonschema/1-0-0#/properties/age/minimum";
        var invalid = await _world.ShipAsync("shop", LakeStream.Quarantine, "d", "e");
        await _world.CountAsync("shop", duplicates: 5, refused: 2);
        await _world.CountAsync("blog", duplicates: 1, refused: 0);
        await _world.CloseHourAsync();

        var index = await IndexAsync(First);
        var shop = Assert.Single(index.Manifests, entry => entry.Source == "shop");
        var bytes = await _world.Objects.ReadAsync(shop.Key);
        Assert.Equal((bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (shop.Bytes, shop.Sha256));
        var manifest = JsonSerializer.Deserialize(bytes, ManifestFormat.Default.SourceManifest)!;
        Assert.Equal((1, _world.Journal.Id, "shop", First.Start), (manifest.Version, manifest.Journal, manifest.Source, manifest.Hour));
        Assert.Equal(new HourCounts(Received: 12, Accepted: 5, Good: 2, Quarantined: 3, Duplicates: 5, Refused: 2), manifest.Counts);
        Assert.Equal([new("invalid", 2), new("too_large", 1)], manifest.QuarantinedByReason);
        Assert.Equal(new[] { good, large, invalid }.Order(StringComparer.Ordinal), manifest.Objects.Select(named => named.Key));
        foreach (var named in manifest.Objects)
        {
            var stored = await _world.Objects.ReadAsync(named.Key);
            Assert.Equal((stored.Length, Convert.ToHexStringLower(SHA256.HashData(stored))), (named.Bytes, named.Sha256));
            Assert.StartsWith(named.Stream + "/", named.Key, StringComparison.Ordinal);
        }

        var blog = Assert.Single(index.Manifests, entry => entry.Source == "blog");
        Assert.Equal((0, new HourCounts(1, 0, 0, 0, 1, 0)), (blog.Objects, blog.Counts));
        Assert.Equal(shop.Counts + blog.Counts, index.Counts);
    }

    [Fact]
    public async Task An_hour_is_open_until_its_grace_is_over()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        _world.Time.Now = First.End + Grace - TimeSpan.FromMilliseconds(1);
        Assert.False(await _world.Writer.TurnAsync(default));
        await _world.ShipAsync("shop", LakeStream.Good, "b");
        Assert.False(await _world.HasIndexAsync(First));

        _world.Time.Now = First.End + Grace;
        await _world.Writer.TurnAsync(default);
        Assert.Equal(2, (await IndexAsync(First)).Counts.Good);
        Assert.Equal(First, await _world.Journal.ReadClosedHourAsync(default));
    }

    [Fact]
    public async Task An_hour_waits_for_its_last_event_and_those_after_it_wait_for_their_turn()
    {
        var batch = await _world.SealAsync("shop", LakeStream.Good, "a");
        _world.Hour = First.Next;
        await _world.ShipAsync("shop", LakeStream.Good, "b");
        await _world.CloseHourAsync();
        Assert.False(await _world.HasIndexAsync(First));
        Assert.False(await _world.HasIndexAsync(First.Next));
        Assert.StartsWith("1 events of 2026-11-21T20Z are not in the lake yet", _world.Writer.WaitsFor, StringComparison.Ordinal);

        await _world.ShipAsync(batch);
        await _world.Writer.TurnAsync(default);
        Assert.True(await _world.HasIndexAsync(First));
        Assert.True(await _world.HasIndexAsync(First.Next));
        Assert.Equal((First.Next, null), (_world.Writer.Finished, _world.Writer.WaitsFor));
    }

    [Fact]
    public async Task Blocks_that_are_not_sealed_yet_are_waited_for()
    {
        await _world.AppendAsync("shop", LakeStream.Good, "a");
        await _world.CloseHourAsync();
        Assert.False(await _world.HasIndexAsync(First));
        Assert.NotNull(_world.Writer.WaitsFor);
    }

    [Fact]
    public async Task Whoever_writes_a_manifest_writes_the_same_bytes()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a", "b");
        await _world.ShipAsync("shop", LakeStream.Quarantine, "c");
        _world.Time.Now = First.End + Grace;
        var (one, other) = (_world.NewWriter(), _world.NewWriter());
        await Task.WhenAll(one.TurnAsync(default), other.TurnAsync(default));
        Assert.Equal((First, First), (one.Finished, other.Finished));

        // Long after, with nothing in memory, and the index lost.
        var key = LakeLayout.IndexKey(First, _world.Journal.Id);
        var index = await _world.Objects.ReadAsync(key);
        await _world.Objects.DeleteAsync(key);
        _world.Time.Now += TimeSpan.FromMinutes(40);
        await _world.NewWriter().TurnAsync(default);
        Assert.Equal(index, await _world.Objects.ReadAsync(key));
    }

    [Fact]
    public async Task After_a_long_stop_every_hour_gets_its_index_in_bounded_turns()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "before");
        var last = new LakeHour(First.Number + 167);
        _world.Hour = last;
        await _world.ShipAsync("shop", LakeStream.Good, "after");
        _world.Time.Now = last.End + Grace;
        var turns = 1;
        for (; await _world.Writer.TurnAsync(default); turns++)
            Assert.Equal(new LakeHour(First.Number + (24 * turns) - 1), _world.Writer.Finished);
        Assert.Equal(7, turns);

        var hours = await _world.Lake.ListAsync(LakeLayout.Manifests + "/", default)
            .CountAsync(entry => entry.Key.EndsWith($"/{_world.Journal.Id}.json", StringComparison.Ordinal));
        Assert.Equal(168, hours);
        Assert.Empty((await IndexAsync(First.Next)).Manifests);
        Assert.Equal(1, (await IndexAsync(last)).Counts.Good);
    }

    [Fact]
    public async Task A_writer_that_remembers_nothing_goes_on_where_the_lake_ends()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        await _world.CloseHourAsync();
        await _world.CloseHourAsync();
        _world.NewWriter();
        await _world.Writer.TurnAsync(default);
        Assert.Equal(First.Next, _world.Writer.Finished);

        _world.Time.Now = First.Next.Next.End + Grace;
        await _world.NewWriter().TurnAsync(default);
        Assert.Equal(First.Next.Next, _world.Writer.Finished);
    }

    [Fact]
    public async Task Nothing_is_closed_before_the_first_event()
    {
        _world.Time.Now = First.End + TimeSpan.FromDays(3);
        Assert.False(await _world.Writer.TurnAsync(default));
        Assert.Null(await _world.Journal.ReadClosedHourAsync(default));
    }

    [Fact]
    public async Task The_journal_keeps_what_has_no_index_yet()
    {
        var batch = await _world.SealAsync("shop", LakeStream.Good, "a");
        await _world.ShipAsync("blog", LakeStream.Good, "b");
        _world.Time.Now = First.End + new Limits().LedgerRetention + TimeSpan.FromDays(1);
        // It was begun while the hour was young.
        await _world.Journal.CloseHourAsync(First, default);
        await _world.Writer.TurnAsync(default);
        Assert.Equal(JournalResult.Committed, await _world.Writer.ForgetAsync(default));
        Assert.Equal(2, await _world.Journal.ReadLedgerAsync(default, default).CountAsync());
        Assert.Single(await _world.Journal.ReadShippedAsync(default, default).ToListAsync());

        await _world.ShipAsync(batch);
        await _world.Writer.TurnAsync(default);
        Assert.Equal(2, (await IndexAsync(First)).Counts.Good);
        Assert.Equal(JournalResult.Committed, await _world.Writer.ForgetAsync(default));
        Assert.Empty(await _world.Journal.ReadLedgerAsync(default, default).ToListAsync());
        Assert.Empty(await _world.Journal.ReadShippedAsync(default, default).ToListAsync());
    }

    [Fact]
    public async Task Nothing_is_written_over_a_quarantined_object_that_is_damaged()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Quarantine, "a");
        var bytes = await _world.Objects.ReadAsync(key);
        bytes[4] ^= 1;
        await _world.Objects.WriteAsync(key, bytes);
        _world.Time.Now = First.End + Grace;
        var fault = await Assert.ThrowsAsync<ManifestException>(() => _world.Writer.TurnAsync(default));
        Assert.Contains(key, fault.Message, StringComparison.Ordinal);
        Assert.Empty(await _world.Lake.ListAsync(LakeLayout.Manifests + "/", default).ToListAsync());

        bytes[4] ^= 1;
        await _world.Objects.WriteAsync(key, bytes);
        await _world.Writer.TurnAsync(default);
        Assert.Equal(1, (await IndexAsync(First)).Counts.Quarantined);
    }

    [Fact]
    public async Task A_quarantined_object_that_is_gone_stops_no_manifest()
    {
        await _world.ShipAsync("shop", LakeStream.Quarantine, "a");
        var gone = await _world.ShipAsync("shop", LakeStream.Quarantine, "b", "c");
        var bytes = await _world.Objects.ReadAsync(gone);
        await _world.Objects.DeleteAsync(gone);
        await _world.CloseHourAsync();

        var shop = Assert.Single((await IndexAsync(First)).Manifests);
        var manifest = JsonSerializer.Deserialize(await _world.Objects.ReadAsync(shop.Key), ManifestFormat.Default.SourceManifest)!;
        Assert.Equal([new("not_json", 1), new("unreadable", 2)], manifest.QuarantinedByReason);
        Assert.Equal(3, manifest.Counts.Quarantined);
        var named = Assert.Single(manifest.Objects, named => named.Key == gone);
        Assert.Equal((2, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))), (named.Events, named.Bytes, named.Sha256));
    }

    [Fact]
    public async Task An_object_that_never_ends_is_given_up()
    {
        var key = await _world.ShipAsync("shop", LakeStream.Quarantine, "a");
        _world.Time.Now = First.End + Grace;
        var limits = new Limits { PutTimeout = TimeSpan.FromMilliseconds(50) };
        var writer = new ManifestWriter(_world.Journal, new EndlessLake(_world.Lake), limits, _world.Time);
        var fault = await Assert.ThrowsAsync<ManifestException>(() => writer.TurnAsync(default));
        Assert.StartsWith($"{key} could not be read", fault.Message, StringComparison.Ordinal);

        await _world.NewWriter().TurnAsync(default);
        Assert.Equal(1, (await IndexAsync(First)).Counts.Quarantined);
    }

    [Fact]
    public async Task A_ledger_that_does_not_add_up_gets_no_manifest()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        var uncounted = new Append(
            new PartitionId("shop", 0), 1, 2, [], default, 0, First.Start, [new LedgerCounts(First, Received: 1, 0, 0, 0, 0)]);
        Assert.Equal(JournalResult.Committed, await _world.Journal.AppendAsync(uncounted, default));
        _world.Time.Now = First.End + Grace;
        await Assert.ThrowsAsync<ManifestException>(() => _world.Writer.TurnAsync(default));
        Assert.False(await _world.HasIndexAsync(First));
    }

    [Fact]
    public async Task A_clock_that_leaps_ahead_does_not_close_hours_that_have_not_begun()
    {
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        _world.Time.Now = First.Start + TimeSpan.FromMinutes(10);
        await _world.Writer.TurnAsync(default);
        _world.Time.Now += TimeSpan.FromDays(365);
        await _world.Writer.TurnAsync(default);
        Assert.Null(await _world.Journal.ReadClosedHourAsync(default));

        // Where it stays so, it is believed in time.
        for (var turn = 0; turn < 12; turn++)
            await _world.Writer.TurnAsync(default);
        Assert.Equal(First, await _world.Journal.ReadClosedHourAsync(default));
    }

    [Fact]
    public async Task An_event_that_lags_before_the_first_one_counted_is_in_a_manifest_too()
    {
        _world.Hour = First.Next;
        await _world.ShipAsync("shop", LakeStream.Good, "a");
        _world.Time.Now = First.End + TimeSpan.FromMinutes(20);
        await _world.Writer.TurnAsync(default);

        _world.Hour = First;
        await _world.ShipAsync("blog", LakeStream.Good, "late");
        _world.Time.Now = First.Next.End + Grace;
        await _world.NewWriter().TurnAsync(default);
        Assert.Equal(1, (await IndexAsync(First)).Counts.Good);
        Assert.Equal(1, (await IndexAsync(First.Next)).Counts.Good);
    }

    private async Task<HourIndex> IndexAsync(LakeHour hour)
    {
        var bytes = await _world.Objects.ReadAsync(LakeLayout.IndexKey(hour, _world.Journal.Id));
        return JsonSerializer.Deserialize(bytes, ManifestFormat.Default.HourIndex)!;
    }
}
