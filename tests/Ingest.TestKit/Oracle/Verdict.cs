namespace Ingest.TestKit;

/// <summary>The end of every test: three witnesses must agree that nothing is missing and nothing is there twice.</summary>
public static class Verdict
{
    /// <summary>
    /// Holds a lake to what was sent: by the oracle, which knows every byte; by <c>./ingest audit</c>; and by DuckDB. All
    /// events that were sent must have been acknowledged by now.
    /// </summary>
    public static async Task AssertConservedAsync(IInstallation installation, ConservationOracle oracle)
    {
        Assert.Equal(oracle.Sent, oracle.Acknowledged.Value);
        var report = oracle.Check(LakeReader.Read(installation.LakeFolder));
        Assert.True(report.IsClean, report.ToString());

        var good = oracle.AcknowledgedIn("good").ToArray();
        var quarantined = oracle.AcknowledgedIn("quarantine").ToArray();
        // At once: each is a process that mostly starts.
        await Task.WhenAll(
            AssertAuditAsync(installation, good.Length, quarantined.Length),
            AssertDuckDbAsync(installation, "good", good),
            AssertDuckDbAsync(installation, "quarantine", quarantined));
    }

    /// <summary>The audit finds nothing missing, and as many events as there are.</summary>
    public static async Task AssertAuditAsync(IInstallation installation, int good, int quarantined)
    {
        var audit = await installation.RunAsync("audit");
        Assert.True(audit.ExitCode == 0, audit.Output);
        Assert.Contains(
            $"{good} good events, {quarantined} quarantined; 0 more wait in the journal", audit.Output, StringComparison.Ordinal);
        Assert.EndsWith("nothing missing", audit.Output, StringComparison.Ordinal);
    }

    private static async Task AssertDuckDbAsync(IInstallation installation, string stream, string[] ids)
    {
        var counted = await DuckDb.CountAsync(installation.LakeFolder, stream);
        Assert.Equal((ids.Length, ids.Length, 0), (counted.Rows, counted.Ids, counted.Misplaced));
        Assert.Equal(DuckDb.FingerprintOf(ids), counted.Fingerprint);
    }
}
