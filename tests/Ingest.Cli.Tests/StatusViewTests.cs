using System.Text.Json;
using Ingest.Engine;

namespace Ingest.Cli.Tests;

/// <summary>What <c>ingest status</c> calls a trouble, and so answers with exit code 1.</summary>
public sealed class StatusViewTests
{
    private static readonly Instant Now = AuditedLake.FirstHour.Start;

    private static readonly ShippingReport Shipping = new("closed", null, Now, null, null, 0, []);

    private static readonly SiloReport Silo = new("silo-1", "127.0.0.1:1", "all", SiloReport.Active, null, 1, 1, [0]);

    private static readonly StatusReport Fine = new(
        "http://127.0.0.1:1", Now, null, "/the/lake", "abcdefgh", new JournalStatus(1, 2, 1, 100, Now, 1000), Shipping,
        [], Now, [], 1, 1, new Dictionary<string, long>(StringComparer.Ordinal), [Silo], new ManifestReport(null, "an hour under way", null, null));

    [Fact]
    public void A_server_that_works_has_none() => Assert.Empty(StatusView.Troubles(Fine));

    [Fact]
    public void Each_is_named_with_what_is_known_of_it()
    {
        Expect(Fine with { NotReady = "the disk is full" }, "the disk is full");
        Expect(Fine with { Shipping = Shipping with { Breaker = "open", BreakerSince = Now, LastFailureDetail = "403 Forbidden" } }, "403 Forbidden");
        Expect(Fine with { Shipping = Shipping with { SetAside = ["shop/0 conflict"] } }, "shop/0 conflict");
        Expect(Fine with { Violations = ["shop/0 received more"] }, "shop/0 received more");
        Expect(Fine with { Manifests = new ManifestReport(null, null, "403 Forbidden", Now) }, "403 Forbidden");
        Expect(Fine with { Silos = [Silo with { State = SiloReport.NotAnswering }] }, "silo-1 does not answer");
        Expect(Fine with { Silos = [Silo with { NotReady = "no journal" }] }, "silo-1 cannot store events now: no journal");
        Expect(Fine with { Silos = [Silo with { Spill = new SpillReport(7, 70, 700, Now, 0, 0, "refused") }] }, "7 now");
        Expect(Fine with { Silos = [Silo with { Spill = new SpillReport(0, 0, 700, null, 0, 3, null) }] }, "3 requests in the spill of silo-1");
    }

    [Fact]
    public void What_the_process_has_taken_goes_through_the_report()
    {
        var json = JsonSerializer.Serialize(Fine with { Process = new ProcessReport(1 << 27, 1500, 1L << 40, 12.5, 3) }, StatusJson.Default.StatusReport);
        Assert.Contains("\"process\":{\"residentBytes\":134217728,\"cpuMilliseconds\":1500,\"allocatedBytes\":1099511627776,", json, StringComparison.Ordinal);
        Assert.Equal(12.5, JsonSerializer.Deserialize(json, StatusJson.Default.StatusReport)!.Process!.GcPauseMilliseconds);
    }

    [Fact]
    public void A_silo_that_leaves_or_a_spill_that_drains_is_none()
    {
        Assert.Empty(StatusView.Troubles(Fine with { Silos = [Silo with { State = "leaving", NotReady = "it stops" }] }));
        Assert.Empty(StatusView.Troubles(Fine with { Silos = [Silo with { Spill = new SpillReport(7, 70, 700, Now, 5, 0, null) }] }));
    }

    private static void Expect(StatusReport report, string what) =>
        Assert.Contains(what, Assert.Single(StatusView.Troubles(report)), StringComparison.Ordinal);
}
