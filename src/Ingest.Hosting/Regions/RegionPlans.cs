using System.Security.Cryptography;
using Ingest.Collector;
using Ingest.Regions;

namespace Ingest.Hosting;

/// <summary>Reads <c>regions.json</c> for a server.</summary>
internal static class RegionPlans
{
    /// <summary>The plan; null where there is none, or where it has mistakes.</summary>
    /// <param name="folder">The configuration folder.</param>
    /// <param name="own">The region that the server is told to be.</param>
    /// <param name="mistakes">Receives everything that is wrong.</param>
    public static RegionPlan? Read(string folder, RegionSettings own, List<string> mistakes)
    {
        var errors = new List<ConfigurationError>();
        var plan = RegionsFile.Read(folder, errors);
        mistakes.AddRange(errors.Select(error => Path.Combine(folder, error.ToString())));
        if (plan is null)
            return null;
        var names = string.Join(", ", plan.Names);
        if (own.Name is null)
            mistakes.Add($"--region: {Path.Combine(folder, RegionPlan.FileName)} names the regions {names}; say which one this is.");
        else if (!plan.Names.Contains(own.Name, StringComparer.Ordinal))
            mistakes.Add($"--region {own.Name}: {Path.Combine(folder, RegionPlan.FileName)} names the regions {names}.");
        if (plan.List is { } list)
            CheckKey(list, mistakes);
        return plan;
    }

    private static void CheckKey(ListSettings list, List<string> mistakes)
    {
        try
        {
            ListVerifier.Read(list.PublicKeyFile).Dispose();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            mistakes.Add($"{RegionPlan.FileName}: list.publicKey: {exception.Message}");
        }
    }
}
