using System.Net;

namespace Ingest.Bench;

/// <summary>Where a workload is posted to.</summary>
/// <param name="Endpoint">A server on this machine.</param>
/// <param name="Path">The path; of a workload with several sources it names the first one.</param>
public sealed record Target(IPEndPoint Endpoint, string Path);
