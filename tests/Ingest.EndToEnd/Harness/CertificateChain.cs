using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ingest.EndToEnd;

/// <summary>A root that clients trust, an intermediate that it signed, and the certificate of a server on this machine that that one signed.</summary>
internal sealed class CertificateChain : IDisposable
{
    private static readonly DateTimeOffset From = DateTimeOffset.UtcNow.AddDays(-30);
    private static readonly DateTimeOffset To = DateTimeOffset.UtcNow.AddDays(30);

    private readonly List<IDisposable> _made = [];

    public CertificateChain()
    {
        var rootKey = Made(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Root = Made(Authority("CN=Root", rootKey).CreateSelfSigned(From, To));
        var intermediateKey = Made(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var signed = Made(Authority("CN=Intermediate", intermediateKey).Create(Root, From, To, [2]));
        Intermediate = Made(signed.CopyWithPrivateKey(intermediateKey));
        var key = Made(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=collector", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        Leaf = Made(Made(request.Create(Intermediate, From, To, [3])).CopyWithPrivateKey(key));
    }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Intermediate { get; }

    /// <summary>The server's own, with its key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>How a client judges that trusts the root alone, and fetches nothing that a server leaves out.</summary>
    public X509ChainPolicy TrustInRoot()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.Add(Root);
        return policy;
    }

    public void Dispose()
    {
        foreach (var made in _made)
            made.Dispose();
    }

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request;
    }

    private T Made<T>(T made)
        where T : IDisposable
    {
        _made.Add(made);
        return made;
    }
}
